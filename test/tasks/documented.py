"""Names that Ansible's own documentation gives modules, parameters, their choices and return values, as JSON.

python3 test/tasks/documented.py PATH... > test/tasks/documented.json
where each PATH is the directory `ansible` of a release (.../lib/ansible, .../dist-packages/ansible).
"""
import ast
import json
import os
import sys

import yaml

NO_MODULES = {'__init__', 'async_wrapper', '_include'}


def documentation(path):
    with open(path) as file:
        tree = ast.parse(file.read())
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', '') in ('DOCUMENTATION', 'RETURN'):
            found[node.targets[0].id] = yaml.safe_load(ast.literal_eval(node.value)) or {}
    return found.get('DOCUMENTATION', {}), found.get('RETURN', {})


def fragment(root, name):
    file, _, part = name.removeprefix('ansible.builtin.').partition('.')
    path = os.path.join(root, 'plugins/doc_fragments', file.lower() + '.py')
    if not os.path.exists(path):
        return {}
    with open(path) as source:
        tree = ast.parse(source.read())
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for node in cls.body:
            if isinstance(node, ast.Assign) and node.targets[0].id == (part or 'documentation').upper():
                return (yaml.safe_load(ast.literal_eval(node.value)) or {}).get('options') or {}
    return {}


modules = {}
for root in sys.argv[1:]:
    for file in sorted(os.listdir(os.path.join(root, 'modules'))):
        name = file.removesuffix('.py')
        if not file.endswith('.py') or name in NO_MODULES:
            continue
        about, returns = documentation(os.path.join(root, 'modules', file))
        options = dict(about.get('options') or {})
        fragments = about.get('extends_documentation_fragment') or []
        for each in [fragments] if isinstance(fragments, str) else fragments:
            options = {**fragment(root, each), **options}
        module = modules.setdefault(name, {'parameters': {}, 'returns': set()})
        module['returns'].update(map(str, returns))
        for option, details in options.items():
            choices = details.get('choices') or []
            for spelling in [option, *(details.get('aliases') or [])]:
                module['parameters'].setdefault(spelling, set()).update(map(str, choices))

print('{')
print(',\n'.join(
    '  %s: {\n    "parameters": {%s},\n    "returns": %s\n  }' % (
        json.dumps(name),
        ', '.join('%s: %s' % (json.dumps(p), json.dumps(sorted(c))) for p, c in sorted(m['parameters'].items())),
        json.dumps(sorted(m['returns'])),
    ) for name, m in sorted(modules.items())))
print('}')
