/**
 * Lets the Ansible that is installed make one file of each module and the module_utils that it imports. Standard input:
 * `{modules: [{name, path}], utils: [folder], token}`; standard output: `{version, internals, packed: {path: {text} or {error}}}`.
 */
export const packProgram = `
import inspect, json, sys
try:
    from ansible.executor import module_common
    from ansible.module_utils.common.parameters import PASS_VARS
    from ansible.plugins import loader
    from ansible.release import __version__
except ImportError:
    sys.exit(97)

given = json.load(sys.stdin)
out, sys.stdout = sys.stdout, sys.stderr
if hasattr(loader, 'init_plugin_loader'):
    loader.init_plugin_loader()
for folder in given['utils']:
    loader.module_utils_loader.add_directory(folder)


class Plain:
    def template(self, value, *args, **kwargs):
        return value


def pack(name, path):
    known = dict(
        module_name=name, module_path=path, module_args={'kprov': given['token']}, templar=Plain(),
        task_vars={'ansible_python_interpreter': '/usr/bin/python3', 'ansible_playbook_python': sys.executable},
        module_compression='ZIP_DEFLATED', async_timeout=0, environment={}, remote_is_local=False)
    wanted = inspect.signature(module_common.modify_module).parameters
    made = module_common.modify_module(**{key: value for key, value in known.items() if key in wanted})
    data = made[0] if isinstance(made, tuple) else made.b_module_data
    return {'text': data.decode('utf-8')}


packed = {}
for module in given['modules']:
    try:
        packed[module['path']] = pack(module['name'], module['path'])
    except Exception as error:
        packed[module['path']] = {'error': str(error)}
json.dump({'version': __version__, 'internals': ['_ansible_' + name for name in PASS_VARS], 'packed': packed}, out)
`;
