import fc from 'fast-check';
import { readPythonLiteral } from '../../src/inventory/python-literal.js';

/** Text after `=`, and what Python 3.11's ast.literal_eval makes of it (the text itself where that fails). */
const cases: [text: string, value: unknown][] = [
  ['', ''],
  ['abc', 'abc'],
  ['5', 5],
  ['-5', -5],
  ['+ 5', 5],
  ['--5', '--5'],
  ['010', '010'],
  ['00', 0],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0o17', 15],
  ['0b101', 5],
  ['1.30', 1.3],
  ['1.', 1],
  ['.5', 0.5],
  ['007.5', 7.5],
  ['1e3', 1000],
  ['1.2.3', '1.2.3'],
  ['1j', '1j'],
  ['1+2', '1+2'],
  ['1 # one', 1],
  ['a # b', 'a # b'],
  ['True', true],
  ['False', false],
  ['true', 'true'],
  ['yes', 'yes'],
  ['None', null],
  ['Nonesuch', 'Nonesuch'],
  ["'a b'", 'a b'],
  ['"a" # c', 'a'],
  ["'a' 'b'", 'ab'],
  ["'it''s'", 'its'],
  ['"a\\tb\\x41\\u00e9\\d\\101"', 'a\tbAé\\dA'],
  ["r'a\\tb'", 'a\\tb'],
  ["b'bytes'", 'bytes'],
  ["'''a'b'''", "a'b"],
  ["f'a'", "f'a'"],
  ["'open", "'open"],
  ['[1, "a", [True], {}]', [1, 'a', [true], {}]],
  ['[1, 2', '[1, 2'],
  ['[a, b]', '[a, b]'],
  ['(1, 2)', [1, 2]],
  ['(1)', 1],
  ['()', []],
  ['1,2', [1, 2]],
  ['1,', [1]],
  ['a,b', 'a,b'],
  ['{"a": 1, 2: [3], None: None}', { a: 1, 2: [3], None: null }],
  ['{"a": 1,}', { a: 1 }],
  ['{1, 2}', '{1, 2}'],
  ['{{ x }}', '{{ x }}'],
  ['["{{ x }}"]', ['{{ x }}']],
  ['12345678901234567890', '12345678901234567890'],
  ['/etc/ssl', '/etc/ssl'],
  ['10.0.0.1', '10.0.0.1'],
  ["{'__proto__': 1}", { ['__proto__']: 1 }],
];

test.each(cases)('the literal %j is read as %j', (text, value) => {
  expect(JSON.parse(JSON.stringify(readPythonLiteral(text)))).toEqual(JSON.parse(JSON.stringify(value)));
});

test('a key called __proto__ is only a key', () => {
  const value = readPythonLiteral("{'__proto__': {'polluted': True}}");
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('deep nesting is text, not a stack overflow', () => {
  const deep = '['.repeat(100_000);
  expect(readPythonLiteral(deep)).toBe(deep);
});

test('the JSON of any value that Python and JSON share reads as that value', () => {
  const leaf = fc.oneof(fc.string(), fc.integer());
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(leaf, fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const json = JSON.stringify(value);
      expect(JSON.stringify(readPythonLiteral(json))).toBe(JSON.stringify(JSON.parse(json)));
    }),
  );
});

test('no text makes the reader throw', () => {
  const alphabet = fc.constantFrom(...'[](){}\'"\\,:#-+0123456789.eEjxnr _TFN'.split(''), 'True', 'None');
  fc.assert(fc.property(fc.string({ unit: alphabet, maxLength: 60 }), (text) => void readPythonLiteral(text)));
});
