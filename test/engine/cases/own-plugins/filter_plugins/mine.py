from ansible.errors import AnsibleFilterError
from jinja2 import pass_environment


def shout(value, mark='!', times=1):
    return value.upper() + mark * times


def fails(value):
    raise AnsibleFilterError('cannot take %s' % value)


def keys_of(value):
    return value.keys()


@pass_environment
def with_environment(environment, value):
    return [hasattr(environment, 'filters'), value]


class FilterModule(object):
    def filters(self):
        return {
            'shout': shout,
            'fails': fails,
            'keys_of': keys_of,
            'kind': lambda value: type(value).__mro__[-2].__name__,
            'same': lambda value, *args, **kwargs: [value, list(args), kwargs],
            'halves': lambda value: value / 2,
            'set_of': lambda value: sorted(set(value)),
            'with_environment': with_environment,
            'basename': lambda value: 'mine: %s' % value,
        }
