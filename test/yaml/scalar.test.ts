import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Float, isMapping, unboxed } from '../../src/values/index.js';
import { parseYaml } from '../../src/yaml/index.js';

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'pyyaml-scalars.json'), 'utf8')) as Record<
  string,
  unknown
>;
const read = (text: string): unknown => {
  const value = parseYaml(`v: ${text}\n`, 'f').documents[0]?.value ?? null;
  return isMapping(value) ? value.v : undefined;
};

const special: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN };
const expected = (word: string, value: unknown): unknown => {
  if (value === 'timestamp') return word;
  if (typeof value === 'object' && value !== null) return special[(value as { float: string }).float];
  return value;
};

test.each(Object.entries(golden))('plain scalar %s means what PyYAML makes of it', (word, value) => {
  const got = unboxed(read(word));
  expect(Object.is(got, -0) ? 0 : got).toEqual(expected(word, value));
});

test.each(['1.0', '1.', '-2.0', '1.5e+3'])('a float without a fraction, %s, stays one', (word) => {
  expect(read(word)).toEqual(new Float(Number(word)));
});

test.each(['12345678901234567890', '0xFFFFFFFFFFFFFFFFFF'])(
  'integer %s, too long for a double, keeps its digits',
  (word) => {
    expect(read(word)).toBe(word);
  },
);

test('a quoted or tagged scalar is the string that was written', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(golden)), (word) => {
      expect(read(`"${word}"`)).toBe(word);
      expect(read(`'${word}'`)).toBe(word);
      expect(read(`!!str ${word}`)).toBe(word);
    }),
  );
});
