/**
 * Runs plugins of the user's on the control machine: filters, tests and lookups. Standard input: `{strict, folders}`, the
 * folders by kind; standard output: `{folder, found}`. Then it goes on in the background and answers what comes by the pipe
 * `in` of that folder: a line of JSON each, `{do: filter|test|lookup|load, …}`, with `{value}`, `{error, undefined}` or
 * `{aborted}` in the pipe `out`; meanwhile it may ask `{want: variable|names|template, …}`. It ends with the pipe.
 */
export const pluginProgram = String.raw`
import collections.abc, importlib.util, json, os, shutil, signal, sys, tempfile, traceback

given = json.load(sys.stdin)
try:
    import ansible
except ImportError:
    if given['strict']:
        sys.exit(97)
    ansible = None
real_out, sys.stdout = sys.stdout, sys.stderr
filters, tests, lookups = {}, {}, {}


class Abort(BaseException):
    pass


def plain(value):
    if isinstance(value, collections.abc.Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode('utf-8', 'surrogateescape')
    if isinstance(value, collections.abc.Iterable):
        return list(value)
    if hasattr(value, 'isoformat'):
        return str(value)
    raise TypeError('it gives a %s, which JSON cannot hold' % type(value).__name__)


def execute(path):
    name = 'kprov_plugin_%d_%s' % (len(sys.modules), os.path.splitext(os.path.basename(path))[0])
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def files(folder):
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.endswith('.py') and name != '__init__.py']


def load(folders):
    """What is new, by kind. What came earlier counts."""
    found = {'filters': [], 'tests': [], 'lookups': [], 'warnings': []}
    for kind, of_class, method, known in (
            ('filters', 'FilterModule', 'filters', filters), ('tests', 'TestModule', 'tests', tests)):
        for folder in folders.get(kind, []):
            for path in files(folder):
                try:
                    made = getattr(getattr(execute(path), of_class)(), method)()
                except Exception as error:
                    found['warnings'].append('Skipping plugin (%s), cannot load: %s' % (path, error))
                    continue
                for name, function in made.items():
                    if name not in known:
                        known[name] = function
                        found[kind].append(name)
    for folder in folders.get('lookups', []):
        for path in files(folder):
            name = os.path.splitext(os.path.basename(path))[0]
            if name not in lookups:
                lookups[name] = path
                found['lookups'].append(name)
    return found


def tell(message):
    pipe_out.write(json.dumps(message, default=plain) + '\n')
    pipe_out.flush()


def hear():
    line = pipe_in.readline()
    if line == '':
        os._exit(0)
    return json.loads(line)


def ask(question):
    tell(question)
    while True:
        message = hear()
        if 'do' in message:
            serve(message)
        elif 'abort' in message:
            raise Abort()
        else:
            return message


class Variables(collections.abc.Mapping):
    """The variables of the host, asked for one by one."""

    def __getitem__(self, name):
        answer = ask({'want': 'variable', 'name': str(name)})
        if 'value' not in answer:
            raise KeyError(name)
        return answer['value']

    def __contains__(self, name):
        return name in ask({'want': 'names'})['value']

    def __iter__(self):
        return iter(ask({'want': 'names'})['value'])

    def __len__(self):
        return len(ask({'want': 'names'})['value'])

    def copy(self):
        return dict(self)


class Templar:
    """What lookups use of Ansible's."""

    def __init__(self):
        self.available_variables = self._available_variables = Variables()

    def template(self, value, *args, **kwargs):
        return ask({'want': 'template', 'value': value})['value']

    do_template = template

    def is_template(self, value):
        return isinstance(value, str) and any(mark in value for mark in ('{{', '{%', '{#'))

    def copy_with_new_env(self, *args, **kwargs):
        return self


def with_jinja(function, args):
    """What a function is given in front where it asks Jinja2 for it."""
    wanted = getattr(getattr(function, 'jinja_pass_arg', None), 'name', None)
    if wanted is None:
        return args
    import jinja2
    environment = jinja2.Environment()
    environment.filters.update(filters)
    environment.tests.update(tests)
    if wanted == 'environment':
        return [environment] + args
    if wanted == 'eval_context':
        return [jinja2.nodes.EvalContext(environment)] + args
    raise TypeError("it asks for the template's context, which is not in Python")


def make_lookup(name):
    variables = Variables()
    if ansible is None:
        return execute(lookups[name]).LookupModule(None, Templar()), variables
    from ansible.parsing.dataloader import DataLoader
    from ansible.plugins import loader
    if not getattr(make_lookup, 'is_ready', False):
        make_lookup.is_ready = True
        if hasattr(loader, 'init_plugin_loader'):
            loader.init_plugin_loader()
    loader.lookup_loader.add_directory(os.path.dirname(lookups[name]))
    data = DataLoader()
    data.set_basedir(variables.get('playbook_dir') or os.getcwd())
    return loader.lookup_loader.get(name, loader=data, templar=Templar()), variables


def answer(message):
    what, name = message['do'], message.get('name')
    if what == 'load':
        return load(message['folders'])
    if what == 'lookup':
        plugin, variables = make_lookup(name)
        values = plugin.run(message['terms'], variables=variables, **message['kwargs'])
        if not isinstance(values, (list, tuple, collections.abc.Mapping)):
            raise TypeError('the lookup plugin %s gives a %s, not a list' % (name, type(values).__name__))
        return values
    function = (filters if what == 'filter' else tests)[name]
    value = function(*with_jinja(function, [message['value']] + message['args']), **message['kwargs'])
    return bool(value) if what == 'test' else value


def serve(message):
    try:
        tell({'value': answer(message)})
    except Abort:
        tell({'aborted': True})
    except Exception as error:
        names = [one.__name__ for one in type(error).__mro__]
        is_undefined = 'UndefinedError' in names or 'AnsibleUndefinedVariable' in names
        tell({'error': str(error) or type(error).__name__, 'undefined': is_undefined})


found = load(given['folders'])
folder = tempfile.mkdtemp(prefix='kprov-plugins-')
os.mkfifo(os.path.join(folder, 'in'), 0o600)
os.mkfifo(os.path.join(folder, 'out'), 0o600)
if os.fork() > 0:
    real_out.write(json.dumps({'folder': folder, 'found': found}))
    real_out.flush()
    os._exit(0)
os.setsid()
for number in (0, 1, 2):
    os.dup2(os.open(os.devnull, os.O_RDWR), number)
signal.alarm(30)
pipe_in = open(os.path.join(folder, 'in'), encoding='utf-8')
pipe_out = open(os.path.join(folder, 'out'), 'w', encoding='utf-8')
signal.alarm(0)
shutil.rmtree(folder)
while True:
    try:
        serve(hear())
    except BrokenPipeError:
        os._exit(0)
`;
