import fc from 'fast-check';
import { builtinFilters } from '../../src/template/filters/index.js';
import { createTemplar, TemplateError } from '../../src/template/index.js';
import { builtinTestsByName } from '../../src/template/tests/index.js';
import { data, templates } from './variables.js';

const templar = createTemplar({ maxSteps: 10_000 });

const fragments = [
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '{{ x }}',
  '{% if x %}',
  '{% endif %}',
  '{% for i in l %}',
  '{% endfor %}',
  '{% set a = ',
  ' x ',
  ' l ',
  ' d ',
  ' nope ',
  '|',
  ' | upper',
  ' | join',
  " | map('upper')",
  ' | sort',
  ' | default(1)',
  ' | to_yaml',
  ' | int',
  ' | combine(d)',
  ' is defined',
  ' is mapping',
  ' in ',
  ' not ',
  ' and ',
  ' if ',
  ' else ',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ',',
  ':',
  '=',
  '==',
  '<',
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '**',
  '~',
  "'a'",
  '"b"',
  '1',
  '0',
  '1.5',
  '-1',
  'none',
  'true',
  '\n',
  ' ',
  '-',
  '\\',
];

const soup = fc.array(fc.constantFrom(...fragments), { maxLength: 25 }).map((parts) => parts.join(''));
const expressionSoup = fc
  .array(fc.constantFrom(...fragments.slice(12)), { maxLength: 10 })
  .map((parts) => `{{ ${parts.join('')} }}`);
const values = templates({ x: 3, l: [1, 'a', null], d: { k: [1] }, a: 'text' });

/** Fails on every error that is not the template's. */
function onlyTemplateErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
}

test('whatever the text, nothing but a TemplateError is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(soup, expressionSoup, fc.string()), (text) => {
      onlyTemplateErrors(() => templar.render(text, values));
      onlyTemplateErrors(() => templar.renderText(text, values));
      onlyTemplateErrors(() => templar.evaluateCondition(text, values));
      onlyTemplateErrors(() => templar.references(text));
      templar.check(text);
    }),
    { numRuns: 1500 },
  );
});

test('whatever the arguments, filters and tests throw nothing but a TemplateError', () => {
  const names = [
    ...[...builtinFilters().keys()].map((name) => `| ${name}`),
    ...[...builtinTestsByName().keys()].filter((name) => /^\w+$/.test(name)).map((name) => `is ${name}`),
  ];
  const argument = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('a', '(', '\\1', '%s', 'name', '0', -1, 2));
  fc.assert(
    fc.property(fc.constantFrom(...names), argument, argument, argument, (name, value, first, second) => {
      const variables = data({ value, first, second });
      for (const call of [name, `${name}(first)`, `${name}(first, second)`]) {
        onlyTemplateErrors(() => templar.render(`={{ value ${call} }}`, variables));
      }
    }),
    { numRuns: 1500 },
  );
});

test('a text without delimiters is unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!/\{[{%#]/.test(text) && !text.startsWith('#jinja2:') && !text.includes('\r\n'));
      expect(templar.render(text, values)).toBe(text);
      expect(templar.renderText(text, values)).toBe(text);
    }),
  );
});

test('data with delimiters inside comes out as it went in', () => {
  const evil = fc
    .array(fc.constantFrom('{{', '}}', '{%', '%}', ' x ', "lookup('vars','x')", 'text', '\n', '{#'), { maxLength: 8 })
    .map((parts) => `t${parts.join('')}`);
  fc.assert(
    fc.property(evil, (text) => {
      const variables = data({ v: text, l: [text], d: { k: text } });
      expect(templar.render('{{ v }}', variables)).toBe(text);
      expect(templar.render('{{ l }}', variables)).toEqual([text]);
      expect(templar.render('{{ d.k }}|', variables)).toBe(`${text}|`);
      expect(templar.render("{{ {'a': [v]} }}", variables)).toEqual({ a: [text] });
      expect(templar.renderText('{{ v }}.', variables)).toBe(`${text}.`);
    }),
  );
});

test('what to_json writes, from_json reads', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('-0'));
      expect(JSON.parse(JSON.stringify(templar.render('{{ v | to_json | from_json }}', data({ v: [value] }))))).toEqual(
        JSON.parse(JSON.stringify([value])),
      );
    }),
  );
});

test('what to_yaml and to_nice_yaml write, from_yaml reads', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('yes', '1', ' a', 'a: b', '- x', 'a\nb', 'x '.repeat(80), '#', "it's", '"'),
  );
  const value = fc.oneof(
    fc.array(scalar),
    fc.dictionary(fc.string(), fc.oneof(scalar, fc.array(scalar))),
    fc.array(fc.dictionary(fc.string({ minLength: 1 }), scalar)),
  );
  fc.assert(
    fc.property(value, (v) => {
      const plain = JSON.parse(JSON.stringify(v));
      for (const writer of ['to_yaml', 'to_nice_yaml']) {
        const read = templar.render(`{{ v | ${writer} | from_yaml }}`, data({ v: plain }));
        expect(JSON.parse(JSON.stringify(read))).toEqual(plain);
      }
    }),
    { numRuns: 300 },
  );
});
