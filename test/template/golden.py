"""Fills in what real Ansible answers to the cases in cases/*.json. Run by hand: python3 golden.py; the tests only read.

A case has one of: expression (rendered alone and within text), template (a playbook string), text (a template file's
text) or condition. vars, files (for include and import) and options (trim_blocks, lstrip_blocks) are optional.
"""
import datetime
import glob
import json
import os
import sys

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.conditional import Conditional
from ansible.template import Templar
from jinja2 import DictLoader
from jinja2.exceptions import UndefinedError
from ansible.errors import AnsibleUndefinedVariable

here = os.path.dirname(os.path.abspath(__file__))


def plain(value):
    if isinstance(value, dict):
        return {key if isinstance(key, str) else json.dumps(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, range)) or hasattr(value, '__next__') or type(value).__name__.startswith('dict_'):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


def check_defined(value):
    from jinja2.runtime import Undefined
    if isinstance(value, Undefined):
        str(value)
    elif isinstance(value, dict):
        for item in value.values():
            check_defined(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            check_defined(item)


def attempt(run):
    try:
        return {'value': run()}
    except Exception as error:
        chain, current = [], error
        while current is not None and current not in chain:
            chain.append(current)
            current = getattr(current, 'orig_exc', None) or current.__cause__ or current.__context__
        undefined = any(isinstance(each, (UndefinedError, AnsibleUndefinedVariable)) for each in chain)
        return {'error': 'undefined' if undefined else 'error'}


def templar_for(case, shared):
    variables = dict(shared)
    variables.update(case.get('vars', {}))
    templar = Templar(loader=DataLoader(), variables=variables)
    templar.environment.loader = DictLoader(case.get('files', {}))
    for name, value in case.get('options', {}).items():
        setattr(templar.environment, name, value)
    return templar, variables


def native(case, shared):
    """The expression's own value; a text as Ansible takes it further."""
    templar, variables = templar_for(case, shared)
    caught = []

    def capture(value):
        check_defined(value)
        caught.append(list(value) if hasattr(value, '__next__') else value)
        return ''

    templar.environment.globals['capture_it'] = capture
    templar.template('{{ capture_it((' + case['expression'] + ')) }}')
    value = caught[0]
    if isinstance(value, str):
        value = templar_for(case, shared)[0].template('{{ ' + case['expression'] + ' }}')
    return plain(value)


def fill(case, shared):
    for key in ('native', 'in_text', 'expected'):
        case.pop(key, None)
    if 'expression' in case:
        case['native'] = attempt(lambda: native(case, shared))
        case['in_text'] = attempt(lambda: str(templar_for(case, shared)[0].template('={{ ' + case['expression'] + ' }}')))
    elif 'template' in case:
        case['expected'] = attempt(lambda: plain(templar_for(case, shared)[0].template(case['template'])))
    elif 'text' in case:
        case['expected'] = attempt(lambda: templar_for(case, shared)[0].template(
            case['text'], convert_data=False, escape_backslashes=False, preserve_trailing_newlines=True))
    else:
        def run():
            templar, variables = templar_for(case, shared)
            conditional = Conditional(loader=DataLoader())
            conditional.when = case['condition'] if isinstance(case['condition'], list) else [case['condition']]
            return bool(conditional.evaluate_conditional(templar, variables))
        case['expected'] = attempt(run)


for path in sorted(sys.argv[1:] or glob.glob(os.path.join(here, 'cases', '*.json'))):
    with open(path) as file:
        data = json.load(file)
    for case in data['cases']:
        fill(case, data.get('vars', {}))
    with open(path, 'w') as file:
        file.write('{\n  "vars": ' + json.dumps(data.get('vars', {}), ensure_ascii=False) + ',\n  "cases": [\n')
        file.write(',\n'.join('    ' + json.dumps(case, ensure_ascii=False) for case in data['cases']))
        file.write('\n  ]\n}\n')
