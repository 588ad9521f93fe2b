import { createTemplar, type LazyMapping, type Variables } from '../../src/template/index.js';
import { Pending } from '../../src/values/index.js';
import { both, data, templates, thrownBy } from './variables.js';

const templar = createTemplar();

describe('variables that are templates', () => {
  test('are rendered when they are touched, through any number of others', () => {
    const variables = templates({ a: '{{ b.k[0] }}!', b: { k: ['{{ c }}'], broken: '{{ nope }}' }, c: 7 });
    expect(templar.render('{{ a }}', variables)).toBe('7!');
  });

  test('are asked for once in an evaluation', () => {
    let asked = 0;
    const variables: Variables = {
      get: (name) => (name === 'x' && ++asked > 0 ? { value: '{{ 1 + 1 }}', template: true } : undefined),
      names: () => ['x'],
    };
    expect(templar.render({ a: '{{ x }}{{ x }}', b: ['{{ x + x }}'] }, variables)).toEqual({ a: '22', b: [4] });
    expect(asked).toBe(1);
  });

  test('that cannot be had are undefined, so that default and is defined work on them', () => {
    const variables = templates({ a: '{{ nope.deep }}' });
    expect(templar.render("{{ a | default('d') }} {{ a is defined }}", variables)).toBe('d False');
    expect(() => templar.render('{{ a }}', variables)).toThrow("'nope' is undefined");
  });

  test('that lead back to themselves are an error that names the chain', () => {
    const variables = templates({ a: '{{ b }}', b: '{{ c.k }}', c: { k: 'x {{ a }}' } });
    expect(() => templar.render('{{ a }}', variables)).toThrow(
      'recursive loop detected in template: a -> b -> c.k -> a',
    );
  });

  test('may refer to their own other members', () => {
    expect(templar.render('{{ m.b }}', templates({ m: { a: 1, b: '{{ m.a + 1 }}' } }))).toBe(2);
  });

  test('are not changed by a template that changes lists and mappings', () => {
    const values = { l: [1, [2]], m: { k: [1] } };
    const text =
      "{% do l.append(3) %}{% do l[1].append(9) %}{% do m.k.append(2) %}{% do m.update({'z': 0}) %}{{ l }} {{ m }}";
    for (const variables of [templates(values), data(values)]) {
      expect(templar.renderText(text, variables)).toBe("[1, [2, 9], 3] {'k': [1, 2], 'z': 0}");
    }
    expect(values).toEqual({ l: [1, [2]], m: { k: [1] } });
  });
});

describe('data', () => {
  const variables = both(
    data({ evil: '{{ secret }}', deep: { l: ['{% raw %}'] } }),
    templates({ secret: 's3', via: '{{ evil }}', held: 'x == 1', x: 1 }),
  );

  test.each([
    ['{{ evil }}', '{{ secret }}'],
    ['{{ via }}', '{{ secret }}'],
    ['<{{ via }}>', '<{{ secret }}>'],
    ['{{ deep }}', { l: ['{% raw %}'] }],
    ["{{ lookup('vars', 'via') }}", '{{ secret }}'],
    ["{{ evil | replace('x', 'y') }}", '{{ secret }}'],
    ["{{ {'k': evil} }}", { k: '{{ secret }}' }],
  ])('is never expanded: %s', (template, expected) => {
    expect(templar.render(template, variables)).toEqual(expected);
  });

  test('is never evaluated as a condition', () => {
    expect(thrownBy(() => templar.evaluateCondition('{{ evil }}', variables))).toMatchObject({
      code: 'unsafe-condition',
    });
    expect(templar.evaluateCondition("path == '{{ path }}' | upper | lower", data({ path: '/x' }))).toBe(true);
    expect(
      thrownBy(() => templar.evaluateCondition("path == '{{ path }}' | upper", data({ path: "'|upper|upper == '" }))),
    ).toMatchObject({ code: 'unsafe-condition' });
    expect(templar.evaluateCondition('held', variables)).toBe(true);
    expect(templar.evaluateCondition('held', data({ held: 'x == 2', x: 1 }))).toBe(true);
  });
});

describe('values on their way', () => {
  const pending = new Pending('r', Promise.resolve());
  const variables: Variables = {
    get: (name) => {
      if (name === 'r') throw pending;
      return name === 'via' ? { value: '{{ r }}', template: true } : undefined;
    },
    names: () => ['r', 'via'],
  };

  test.each([
    '{{ r }}',
    "{{ r | default('x') }}",
    '{{ r is defined }}',
    '{{ via | default(1) }}',
    "{{ lookup('vars', 'r', default=1, errors='ignore') }}",
    '{% if r %}{% endif %}',
    "{{ ['a'] | map('default', r) }}",
    '{% macro m() %}{{ r }}{% endmacro %}{{ m() }}',
  ])('pass through everything: %s', (template) => {
    expect(thrownBy(() => templar.render(template, variables))).toBe(pending);
  });

  test('are not touched where they are not needed', () => {
    expect(templar.render("{{ 'a' if true else r }}", variables)).toBe('a');
    expect(templar.evaluateCondition('false and r', variables)).toBe(false);
  });
});

describe('lazy mappings', () => {
  const touched: string[] = [];
  const other = templates({ ip: '{{ net }}.2', net: '10.0.1' });
  const host: LazyMapping = {
    lazyGet: (key) => other.get(key),
    lazyKeys: () => other.names(),
    lazyVariables: other,
  };
  const hostvars: LazyMapping = {
    lazyGet: (key) => {
      touched.push(key);
      return key === 'b' ? { value: host, template: false } : undefined;
    },
    lazyKeys: () => ['b'],
  };
  const variables = both(data({ hostvars }), templates({ net: '10.9.9' }));

  test.each([
    ['{{ hostvars.b.ip }}', '10.0.1.2'],
    ["{{ hostvars['b']['ip'] }}", '10.0.1.2'],
    ["{{ 'b' in hostvars }} {{ 'c' in hostvars }}", 'True False'],
    ["{{ hostvars.c.ip | default('none') }}", 'none'],
    ['{{ hostvars | list }}', ['b']],
    [
      '{{ hostvars.b | dict2items }}',
      [
        { key: 'ip', value: '10.0.1.2' },
        { key: 'net', value: '10.0.1' },
      ],
    ],
    ["{{ ['b'] | map('extract', hostvars, 'ip') | list }}", ['10.0.1.2']],
    ['{{ hostvars }}', { b: { ip: '10.0.1.2', net: '10.0.1' } }],
    ['{{ hostvars.b | length }}', 2],
  ])('work as mappings, with the variables of their own: %s', (template, expected) => {
    expect(templar.render(template, variables)).toEqual(expected);
  });

  test('touch only the member that is asked for', () => {
    touched.length = 0;
    templar.render('{{ hostvars.b.net }}', variables);
    expect(touched).toEqual(['b']);
  });
});
