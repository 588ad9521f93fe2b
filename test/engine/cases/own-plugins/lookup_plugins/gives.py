from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        if 'fail' in terms:
            raise AnsibleLookupError('it fails')
        kwargs.pop('wantlist', None)
        found = []
        for term in terms:
            if term in variables:
                found.append(self._templar.template(variables[term]))
            else:
                found.append('%s?' % term)
        return found + sorted(kwargs.items())
