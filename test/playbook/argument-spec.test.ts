import { argumentSpecProblems } from '../../src/playbook/argument-spec.js';
import { float, type Mapping } from '../../src/values/index.js';

const refused = (type: string, why: string, name = 'str'): string =>
  `argument 'x' is of type <class '${name}'> and we were unable to convert to ${type}: ${why}`;

const table: [option: Mapping, value: Mapping, problems: string[]][] = [
  [{ type: 'str', required: true }, {}, ['missing required arguments: x']],
  [{ type: 'str', required: true, default: 'a' }, {}, []],
  [
    { type: 'str', required: true },
    { x: null },
    [refused('str', "'None' is not a string and conversion is not allowed", 'NoneType')],
  ],
  [{ type: 'str' }, {}, []],
  [{ type: 'str' }, { x: null }, []],
  [{}, { x: 1 }, []],
  [{ type: 'int' }, { x: '12' }, []],
  [{ type: 'int' }, { x: float(12) }, []],
  [{ type: 'int' }, { x: float(1.5) }, [refused('int', '"1.5" cannot be converted to an int', 'float')]],
  [{ type: 'int' }, { x: 'many' }, [refused('int', `"'many'" cannot be converted to an int`)]],
  [{ type: 'int', required: true }, { x: null }, [refused('int', '"None" cannot be converted to an int', 'NoneType')]],
  [{ type: 'float' }, { x: '1.5' }, []],
  [{ type: 'float' }, { x: 'much' }, [refused('float', "<class 'str'> cannot be converted to a float")]],
  [{ type: 'bool' }, { x: 'yes' }, []],
  [
    { type: 'bool' },
    { x: 'perhaps' },
    [
      refused(
        'bool',
        "The value 'perhaps' is not a valid boolean.  Valid booleans include: 0, 1, 't', 'on', 'true', 'no', 'n', '0', 'off', 'y', '1', 'yes', 'f', 'false'",
      ),
    ],
  ],
  [{ type: 'dict' }, { x: { a: 1 } }, []],
  [{ type: 'dict' }, { x: 'a=1, b="2 3"' }, []],
  [{ type: 'dict' }, { x: '{"a": 1}' }, []],
  [
    { type: 'dict' },
    { x: 'a=1 b' },
    [refused('dict', 'unable to evaluate string in the "key=value" format as dictionary')],
  ],
  [{ type: 'dict' }, { x: 'word' }, [refused('dict', 'dictionary requested, could not parse JSON or key=value')]],
  [{ type: 'dict' }, { x: [1] }, [refused('dict', "<class 'list'> cannot be converted to a dict", 'list')]],
  [{ type: 'list' }, { x: { a: 1 } }, [refused('list', "<class 'dict'> cannot be converted to a list", 'dict')]],
  [{ type: 'list', elements: 'int' }, { x: [1, '2'] }, []],
  [{ type: 'list', elements: 'int' }, { x: '1,2' }, []],
  [
    { type: 'list', elements: 'int' },
    { x: [1, 'b'] },
    [
      `Elements value for option 'x' is of type <class 'str'> and we were unable to convert to int: "'b'" cannot be converted to an int`,
    ],
  ],
  [
    { type: 'list', elements: 'str', choices: ['a', 'b'] },
    { x: ['a', 'c'] },
    ['value of x must be one or more of: a, b. Got no match for: c'],
  ],
  [{ choices: ['a', 'b'] }, { x: 'c' }, ['value of x must be one of: a, b, got: c']],
  [{ type: 'int', choices: [1, 2] }, { x: '2' }, []],
  [{ type: 'bits' }, { x: 'foo' }, [refused('bits', "<class 'str'> cannot be converted to a Bit value")]],
  [{ type: 'bytes' }, { x: '1.5 MB' }, []],
  [{ type: 'jsonarg' }, { x: { a: 1 } }, []],
  [{ aliases: ['y'], required: true }, { y: 1 }, []],
  [{}, { z: 1, y: 2 }, ['y, z. Supported parameters include: x.']],
  [{ type: 'dict', options: { a: { required: true } } }, { x: {} }, ['missing required arguments: a found in x']],
  [{ type: 'dict', options: { a: {} } }, { x: { b: 1 } }, ['x.b. Supported parameters include: a.']],
  [
    { type: 'dict', options: { a: { type: 'dict', options: { b: { type: 'int', required: true } } } } },
    { x: { a: { c: 1 } } },
    ['missing required arguments: b found in x -> a', 'x.a.c. Supported parameters include: b.'],
  ],
  [
    { type: 'list', elements: 'dict', options: { a: { type: 'int' } } },
    { x: [{ a: 1 }, { a: 'z' }] },
    [
      `argument 'a' is of type <class 'str'> found in 'x'. and we were unable to convert to int: "'z'" cannot be converted to an int`,
    ],
  ],
  [
    { type: 'dict', options: { a: {}, b: {} }, mutually_exclusive: [['a', 'b']] },
    { x: { a: 1, b: 2 } },
    ['parameters are mutually exclusive: a|b found in x'],
  ],
  [
    { type: 'dict', options: { a: {}, b: {} }, required_together: [['a', 'b']] },
    { x: { a: 1 } },
    ['parameters are required together: a, b found in x'],
  ],
  [
    { type: 'dict', options: { a: {}, b: {} }, required_one_of: [['a', 'b']] },
    { x: {} },
    ['one of the following is required: a, b found in x'],
  ],
  [
    { type: 'dict', options: { a: {}, b: {} }, required_if: [['a', 'y', ['b']]] },
    { x: { a: 'y' } },
    ['a is y but all of the following are missing: b found in x'],
  ],
  [
    { type: 'dict', options: { a: {}, b: {} }, required_by: { a: 'b' } },
    { x: { a: 'y' } },
    ["missing parameter(s) required by 'a': b found in x"],
  ],
  [{ type: 'constructor' }, { x: 1 }, ['the specification of x has the unknown type constructor']],
  [{ type: 'nonsense' }, { x: 1 }, ['the specification of x has the unknown type nonsense']],
];

test.each(table)('an argument with %j and the values %j', (option, values, problems) => {
  expect(argumentSpecProblems({ x: option }, values)).toEqual(problems);
});

test('all that are missing are told together, before what cannot be converted', () => {
  const spec = { c: { type: 'bool' }, b: { required: true }, a: { required: true } };
  expect(argumentSpecProblems(spec, { c: 7 })).toEqual([
    'missing required arguments: a, b',
    expect.stringContaining("argument 'c' is of type <class 'int'>"),
  ]);
});
