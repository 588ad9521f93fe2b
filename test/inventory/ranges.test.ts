import fc from 'fast-check';
import { parseAddress } from '../../src/inventory/address.js';
import { expandRanges } from '../../src/inventory/ranges.js';
import { splitHostLine } from '../../src/inventory/shlex.js';
import { load } from './memory.js';

const number = fc.nat({ max: 300 });

test('a range of numbers counts from its first to its last in its step, as wide as it is written', () => {
  fc.assert(
    fc.property(number, number, fc.integer({ min: 1, max: 9 }), fc.boolean(), (from, to, step, isPadded) => {
      const show = (n: number): string => String(n).padStart(isPadded ? 4 : 0, '0');
      const expected = [];
      for (let n = from; n <= to; n += step) expected.push(`a${show(n)}.b`);
      expect(expandRanges(`a[${show(from)}:${show(to)}:${step}].b`).names).toEqual(expected);
    }),
  );
});

test('several ranges are every combination, the first varying slowest', () => {
  expect(expandRanges('r[1:2]-[a:c:2]').names).toEqual(['r1-a', 'r1-c', 'r2-a', 'r2-c']);
});

test.each([
  ['h', 'h', undefined],
  ['h:22', 'h', 22],
  ['[h]:22', 'h', 22],
  ['n[01:12]:2222', 'n[01:12]', 2222],
  ['10.0.0.1:22', '10.0.0.1', 22],
  ['::1', '::1', undefined],
  ['[::1]:22', '::1', 22],
  ['2001:db8::[1:f]', '2001:db8::[1:f]', undefined],
])('the address %s is the host %s and the port %s', (text, host, port) => {
  expect(parseAddress(text)).toEqual({ host, port });
});

test.each(['', 'a b', 'a:b', 'a_', '-a', '[::1]', '[a', 'h:', '1:2:3', 'a..b'])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

/** A word quoted for Python's shlex. */
const quote = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`;

test('quoted words come back from a host line as they were', () => {
  const word = fc.string().filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitHostLine(words.map(quote).join(' ')).words.map(({ text }) => text)).toEqual(words);
    }),
  );
});

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const value = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean())
  .filter((v) => !/[\r\n\ufffd\u2028\u2029]/.test(String(v)));

test('an INI inventory written from a model reads as that model', async () => {
  const python = (v: string | number | boolean): string =>
    typeof v === 'boolean' ? (v ? 'True' : 'False') : typeof v === 'number' ? String(v) : JSON.stringify(v);
  const model = fc.dictionary(
    name.map((text) => `g_${text}`),
    fc.record({ hosts: fc.dictionary(name, fc.dictionary(name, value)), vars: fc.dictionary(name, value) }),
    { maxKeys: 4 },
  );
  await fc.assert(
    fc.asyncProperty(model, async (groups) => {
      const lines: string[] = [];
      for (const [group, { hosts, vars }] of Object.entries(groups)) {
        lines.push(`[${group}]`);
        for (const [host, variables] of Object.entries(hosts)) {
          lines.push(
            [`${group}-${host}`, ...Object.entries(variables).map(([k, v]) => `${k}=${quote(python(v))}`)].join(' '),
          );
        }
        lines.push(`[${group}:vars]`, ...Object.entries(vars).map(([k, v]) => `${k} = ${python(v)}`));
      }
      const { inventory } = await load({ hosts: '', 'h.ini': lines.join('\n') }, ['h.ini']);
      for (const [group, { hosts, vars }] of Object.entries(groups)) {
        expect(inventory.groups.get(group)?.hosts).toEqual(Object.keys(hosts).map((host) => `${group}-${host}`));
        for (const [host, variables] of Object.entries(hosts)) {
          const { inventory_dir, inventory_file, ...read } = inventory.variablesOf(`${group}-${host}`);
          expect({ ...read }).toEqual({ ...vars, ...variables });
        }
      }
    }),
  );
});
