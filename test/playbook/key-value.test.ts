import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseKeyValues, splitArguments, UnbalancedError } from '../../src/playbook/key-value.js';
import { cpuTime } from '../yaml/cpu-time.js';

type Golden = [text: string, isCommand: boolean, result: Record<string, string> | null];
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'ansible-key-values.json'), 'utf8')) as Golden[];

function read(text: string, isCommand: boolean): Record<string, string> | null {
  try {
    const { values, raw } = parseKeyValues(text, isCommand);
    return { ...Object.fromEntries(values), ...(raw !== undefined && { _raw_params: raw }) };
  } catch (error) {
    if (error instanceof UnbalancedError) return null;
    throw error;
  }
}

test('argument text means what it means to ansible-core', () => {
  const different = golden
    .map(([text, isCommand, result]) => ({ text, isCommand, result, got: read(text, isCommand) }))
    .filter(({ result, got }) => JSON.stringify(sorted(got)) !== JSON.stringify(sorted(result)));
  expect(different).toEqual([]);
  expect(golden.length).toBeGreaterThan(1000);
});

const sorted = (result: Record<string, string> | null): unknown =>
  result && Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1));

const word = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
const value = fc.stringMatching(/^[\w./:@,+-]{1,20}$/);

test('plain words come back as they were written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(word, value), { selector: ([key]) => key }), (pairs) => {
      const text = pairs.map(([key, item]) => `${key}=${item}`).join(' ');
      expect([...parseKeyValues(text, false).values]).toEqual(pairs);
    }),
  );
});

test('quotes keep blanks, and template blocks keep theirs', () => {
  fc.assert(
    fc.property(word, fc.array(value, { minLength: 1 }), (key, words) => {
      const text = words.join(' ');
      for (const [open, close] of [
        ['"', '"'],
        ["'", "'"],
      ]) {
        expect(parseKeyValues(`${key}=${open}${text}${close} ZZ=1`, false).values.get(key)).toBe(text);
      }
      expect(parseKeyValues(`${key}={{ ${text} }} ZZ=1`, false).values.get(key)).toBe(`{{ ${text} }}`);
    }),
  );
});

test('any text is split without losing a visible character, or refused', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', ' ', '\n', '"', "'", '{{', '}}', '=', '{%', '%}')), (parts) => {
      const text = parts.join('');
      try {
        expect(splitArguments(text).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      } catch (error) {
        expect(error).toBeInstanceOf(UnbalancedError);
      }
    }),
  );
});

test('very long text takes time in proportion', () => {
  const time = cpuTime(() => {
    splitArguments('a=b '.repeat(100_000));
    splitArguments(`"${'x '.repeat(100_000)}"`);
  });
  expect(time).toBeLessThan(3000);
});
