#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(
        argument_spec={
            'name': {'required': True},
            'list': {'type': 'list', 'elements': 'int'},
            'secret': {'no_log': True},
        },
        supports_check_mode=True,
    )
    name = module.params['name']
    module.exit_json(changed=not module.check_mode, greeting='hello %s' % name, list=module.params['list'],
                     secret='it is %s' % module.params['secret'], check=module.check_mode)


if __name__ == '__main__':
    main()
