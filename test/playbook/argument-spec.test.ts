import { argumentSpecProblems } from '../../src/playbook/argument-spec.js';
import type { Mapping } from '../../src/values/index.js';

const table: [option: Mapping, value: Mapping, problems: string[]][] = [
  [{ type: 'str', required: true }, {}, ['missing required argument: x']],
  [{ type: 'str', required: true }, { x: null }, ['missing required argument: x']],
  [{ type: 'str' }, {}, []],
  [{}, { x: [1] }, ['x is a list, expected str']],
  [{ type: 'int' }, { x: '12' }, []],
  [{ type: 'int' }, { x: 1.5 }, ['x is the number 1.5, expected int']],
  [{ type: 'int' }, { x: 'many' }, ['x is `many`, expected int']],
  [{ type: 'float' }, { x: '1.5' }, []],
  [{ type: 'bool' }, { x: 'yes' }, []],
  [{ type: 'bool' }, { x: 'perhaps' }, ['x is `perhaps`, expected bool']],
  [{ type: 'dict' }, { x: { a: 1 } }, []],
  [{ type: 'dict' }, { x: [1] }, ['x is a list, expected dict']],
  [{ type: 'list', elements: 'int' }, { x: [1, '2'] }, []],
  [{ type: 'list', elements: 'int' }, { x: [1, 'b'] }, ['an element of x is `b`, expected int']],
  [
    { type: 'list', elements: 'str', choices: ['a', 'b'] },
    { x: ['a', 'c'] },
    ['value of x must be one of: a, b, got: c'],
  ],
  [{ choices: ['a', 'b'] }, { x: 'c' }, ['value of x must be one of: a, b, got: c']],
  [{ type: 'int', choices: [1, 2] }, { x: '2' }, []],
  [{ aliases: ['y'], required: true }, { y: 1 }, []],
  [{ type: 'dict', options: { a: { required: true } } }, { x: {} }, ['missing required argument: x.a']],
  [{ type: 'dict', options: { a: {} } }, { x: { b: 1 } }, ['unsupported argument: x.b']],
  [
    { type: 'list', elements: 'dict', options: { a: { type: 'int' } } },
    { x: [{ a: 1 }, { a: 'z' }] },
    ['x.a is `z`, expected int'],
  ],
  [{ type: 'constructor' }, { x: 1 }, ['the specification of x has the unknown type constructor']],
  [{ type: 'nonsense' }, { x: 1 }, ['the specification of x has the unknown type nonsense']],
];

test.each(table)('a role argument with %j and the variables %j', (option, values, problems) => {
  expect(argumentSpecProblems({ x: option }, values)).toEqual(problems);
});

test('variables that the specification does not name are fine', () => {
  expect(argumentSpecProblems({}, { anything: 1 })).toEqual([]);
});
