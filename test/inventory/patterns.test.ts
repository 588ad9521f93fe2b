import fc from 'fast-check';
import { expandLimit, matchHosts } from '../../src/inventory/index.js';
import { brief, load, memoryFiles } from './memory.js';
import { patternCases, patternInventory } from './pattern-cases.js';

const { inventory } = await load({ hosts: patternInventory });

test.each(patternCases)('the pattern %s selects %j', (pattern, hosts) => {
  expect(matchHosts(inventory, pattern).hosts).toEqual(hosts);
});

test('a list of patterns is their union, whatever separators each has', () => {
  expect(matchHosts(inventory, ['d1,d2', 'lone', '!d2']).hosts).toEqual(['d1', 'lone']);
});

test.each([
  ['nosuch', ['warning unmatched-pattern - no host and no group matches nosuch']],
  ['wbe', ['warning unmatched-pattern - no host and no group matches wbe']],
  ['web[3]', ['error no-such-host - no host matches web[3]']],
  ['web[-4]', ['error no-such-host - no host matches web[-4]']],
  ['~(', ['error bad-pattern - bad regular expression ~(']],
  ['web:!', ['error bad-pattern - an empty host pattern']],
  ['empty', []],
  ['all', []],
])('the pattern %s is answered with %j', (pattern, expected) => {
  expect(brief(matchHosts(inventory, pattern).diagnostics)).toEqual(expected);
});

test('a misspelt group is answered with the nearest one', () => {
  expect(matchHosts(inventory, 'wbe').diagnostics[0]?.fix).toBe('did you mean web?');
});

test('regular expressions in the manner of Python are understood', () => {
  expect(matchHosts(inventory, '~(?i)LONE').hosts).toEqual(['lone']);
  expect(matchHosts(inventory, '~(?P<a>d)[12]\\Z').hosts).toEqual(['d1', 'd2']);
});

test.each(['localhost', '127.0.0.1', '::1'])('%s is there without being in the inventory, and is local', (name) => {
  expect(matchHosts(inventory, name)).toEqual({ hosts: [name], diagnostics: [] });
  expect(inventory.variablesOf(name)).toEqual({ ansible_connection: 'local' });
});

test('a localhost of the inventory stands for its other names', async () => {
  const { inventory: own } = await load({ hosts: 'localhost ansible_host=10.9.9.9\n' });
  expect(matchHosts(own, '127.0.0.1').hosts).toEqual(['localhost']);
  expect(own.variablesOf('localhost').ansible_connection).toBeUndefined();
});

test('a limit keeps what matches both and the order of the pattern', () => {
  expect(matchHosts(inventory, 'db:web', 'web:d1').hosts).toEqual([
    'd1',
    'w3.example.com',
    'w1.example.com',
    'w2.example.com',
  ]);
  expect(matchHosts(inventory, 'db', '!d1').hosts).toEqual(['d2', 'd3', 'w3.example.com']);
  expect(matchHosts(inventory, 'db', 'lone').hosts).toEqual([]);
});

test('a limit is read from a file, one pattern on each line', () => {
  const files = memoryFiles({ 'retry.txt': 'd1\n\n web \r\n' });
  const limit = expandLimit('d3,@retry.txt', { files, cwd: '/w' });
  expect(limit).toEqual({ patterns: ['d3', 'd1', 'web'], diagnostics: [] });
  expect(expandLimit('@nosuch', { files, cwd: '/w' }).diagnostics.map(({ message }) => message)).toEqual([
    'cannot read the limit file nosuch',
  ]);
});

const atoms = ['all', 'web', 'db', 'site', 'empty', 'lone', 'd1', 'd?', '*', 'dc-1', 'ungrouped', '~w', 'w[12].*'];
const term = fc.tuple(fc.constantFrom('', '&', '!'), fc.constantFrom(...atoms));

test('patterns are the algebra of sets: unions, then intersections, then differences', () => {
  const setOf = (pattern: string): Set<string> => new Set(matchHosts(inventory, pattern).hosts);
  fc.assert(
    fc.property(
      fc.array(term, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(':', ',', ' , '),
      (terms, separator) => {
        const { hosts } = matchHosts(inventory, terms.map((parts) => parts.join('')).join(separator));
        const of = (sign: string): Set<string>[] => terms.filter(([s]) => s === sign).map(([, atom]) => setOf(atom));
        const plain = of('');
        const expected = (plain.length === 0 ? [setOf('all')] : plain)
          .flatMap((set) => [...set])
          .filter((host) => of('&').every((set) => set.has(host)) && !of('!').some((set) => set.has(host)));
        expect(hosts).toEqual([...new Set(expected)]);
      },
    ),
  );
});

test('no pattern throws, and each ends within a second of work', () => {
  const piece = fc.constantFrom(
    'a',
    'w',
    '*',
    '?',
    '[',
    ']',
    '!',
    '&',
    ':',
    ',',
    '0',
    '1',
    '-',
    '~',
    '(',
    '\\',
    '.',
    '@',
    ' ',
    'web',
    '::',
  );
  const pattern = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, (text) => {
      fc.pre(!text.includes('~'));
      matchHosts(inventory, text);
    }),
  );
  const started = process.cpuUsage();
  matchHosts(inventory, `${'*a'.repeat(5000)}b`);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(1);
});
