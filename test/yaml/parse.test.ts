import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseYaml } from '../../src/yaml/index.js';
import { cpuTime } from './cpu-time.js';

const value = (text: string) => parseYaml(text, 'f.yml').documents[0]?.value;
const codes = (text: string) => parseYaml(text, 'f.yml').diagnostics.map(({ code }) => code);

/** Each `=== ` block of a case file is one text; what is expected stands behind `--- expect`. */
const folder = join(import.meta.dirname, 'cases');
const cases = readdirSync(folder).flatMap((name) =>
  readFileSync(join(folder, name), 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...rest] = block.split('\n');
      const [text = '', expected = ''] = rest.join('\n').split('--- expect\n');
      return { title, text: text.replaceAll('<TAB>', '\t'), expected: expected.trim() };
    }),
);

test.each(cases)('mistake: $title', ({ text, expected }) => {
  const said = parseYaml(text, 'f.yml').diagnostics.map((d) =>
    [`${d.position?.line}:${d.position?.column}+${d.position?.length} ${d.code}: ${d.message}`, d.why, d.fix]
      .filter((line) => line !== undefined)
      .join('\n  '),
  );
  expect(said.join('\n')).toBe(expected);
});

test('merge keys: own keys win, then earlier sources over later ones', () => {
  const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 0\nd:\n  <<: *b\n';
  expect(value(text)).toEqual({ a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { x: 0, y: 1, z: 2 }, d: { y: 2, z: 2 } });
});

test('keys such as __proto__ are only keys', () => {
  const read = value('__proto__: {polluted: 1}\nconstructor: 2\n') as object;
  expect(Object.getPrototypeOf(read)).toBeNull();
  expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('several documents, a byte order mark and Windows line ends are read', () => {
  expect(parseYaml('\ufeff--- 1\r\n---\r\na: b\r\n', 'f').documents.map((d) => d.value)).toEqual([1, { a: 'b' }]);
  expect(parseYaml('', 'f')).toEqual({ documents: [], diagnostics: [] });
});

test('a broken document does not hide the sound one beside it', () => {
  const { documents, diagnostics } = parseYaml('a: "x" y\n---\nb: 1\n', 'f');
  expect(documents.map((d) => d.value)).toEqual([{ b: 1 }]);
  expect(diagnostics).toHaveLength(1);
});

test('values, keys and the innermost existing part have positions', () => {
  const [doc] = parseYaml('- name: x\n  copy:\n    dest: /etc/hosts\n    list: [1, two]\n', 'f').documents;
  expect(doc?.at([0, 'copy', 'dest'])).toEqual({ file: 'f', line: 3, column: 11, length: 10 });
  expect(doc?.keyAt([0, 'copy', 'dest'])).toEqual({ file: 'f', line: 3, column: 5, length: 4 });
  expect(doc?.at([0, 'copy', 'list', 1])).toEqual({ file: 'f', line: 4, column: 15, length: 3 });
  expect(doc?.at([0, 'copy', 'missing', 'deeper'])).toEqual(doc?.at([0, 'copy']));
});

test('the text of a number or boolean is kept for those who must quote it', () => {
  const [doc] = parseYaml('a: 1.30\nb: yes\nc: "1.30"\n', 'f').documents;
  expect([['a'], ['b'], ['c']].map((path) => doc?.sourceAt(path))).toEqual(['1.30', 'yes', undefined]);
});

test('!unsafe values are templates that render to themselves, whose paths are known, aliases included', () => {
  const [doc] = parseYaml('a: &x !unsafe "{{ no }}"\nb: [*x, 1]\n', 'f').documents;
  expect(doc?.value).toEqual({
    a: '{% raw %}{{ no }}{% endraw %}',
    b: ['{% raw %}{{ no }}{% endraw %}', 1],
  });
  expect(doc?.unsafe).toEqual([['a'], ['b', 0]]);
});

describe('hostile input is refused quickly', () => {
  const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from(
    { length: 30 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]\n`,
  ).join('')}`;
  const mergeBomb = `a0: &a0 {x: 1}\n${Array.from(
    { length: 60 },
    (_, i) => `a${i + 1}: &a${i + 1} {l: *a${i}, r: *a${i}}\n`,
  ).join('')}`;
  test.each([
    ['aliases that multiply', bomb, 'alias-bomb'],
    ['mappings of aliases that multiply', mergeBomb, 'alias-bomb'],
    ['deep flow lists', '['.repeat(100_000), 'too-deep'],
    ['deep flow mappings', '{a: '.repeat(20_000), 'too-deep'],
    ['deep block lists', `${'- '.repeat(20_000)}x`, 'too-deep'],
    ['deep explicit keys', `${'? '.repeat(20_000)}x`, 'too-deep'],
    ['an alias inside its own anchor', 'a: &a [*a]\n', 'unknown-alias'],
    ['a control character', `a: ${'x'.repeat(1_000_000)}\u0000`, 'control-character'],
  ])('%s', (_, text, code) => {
    expect(cpuTime(() => expect(codes(text)).toContain(code))).toBeLessThan(3000);
  });

  test('a mapping with 50,000 keys is no problem', () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `k${i}: ${i}\n`).join('');
    const time = cpuTime(() => expect(Object.keys(value(text) as object)).toHaveLength(50_000));
    // In proportion: what compares each key with each takes minutes.
    expect(time).toBeLessThan(10_000);
  });
});

test('no text makes the reader throw', () => {
  const pieces = [
    'a',
    ': ',
    '\n',
    '  ',
    '- ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ', ',
    '|\n',
    '&a ',
    '*a',
    '!x ',
    '#',
    '? ',
    '---\n',
    '\t',
    '<<',
    '%',
    '{{ b }}',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      const { diagnostics } = parseYaml(text, 'f');
      for (const { position } of diagnostics) {
        expect(position?.line).toBeGreaterThanOrEqual(1);
        expect(position?.line).toBeLessThanOrEqual(text.split('\n').length);
      }
    }),
    { numRuns: 1000 },
  );
});

test('JSON is YAML', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3, stringUnit: 'grapheme-ascii' }), (json) => {
      fc.pre(!/e[+-]?\d/i.test(json) && !/-0|\d{16}/.test(json));
      expect(JSON.stringify(value(json))).toEqual(JSON.stringify(JSON.parse(json)));
    }),
  );
});
