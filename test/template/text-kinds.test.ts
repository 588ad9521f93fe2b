import { createTemplar, type Variable } from '../../src/template/index.js';

/** A templar that counts how often its lookup runs. */
function counting() {
  const ran: string[] = [];
  const templar = createTemplar({
    lookups: {
      counted: (terms) => {
        ran.push(String(terms[0]));
        return terms;
      },
    },
  });
  return { templar, ran };
}

const variables = (given: Record<string, Variable>) => ({
  get: (name: string) => given[name],
  names: () => Object.keys(given),
});

test.each([
  ["{{ lookup('counted', 'a') }}", 'AnsibleUnsafeText'],
  ["{{ lookup('counted', 'a') | default('b') }}", 'AnsibleUnsafeText'],
  ["{{ 'x' if lookup('counted', 'a') == 'a' else 'y' }}", 'AnsibleUnsafeText'],
  ["{{ lookup('counted', 'a') or 'b' }}", 'AnsibleUnsafeText'],
  ["{{ ['x', 'y'][lookup('counted', '0') | int] }}", 'AnsibleUnsafeText'],
  ["{{ lookup('counted', 'a') | string }}", 'NativeJinjaUnsafeText'],
])('the kind of %s is told without running its lookup again', (text, kind) => {
  const { templar, ran } = counting();
  const traced = templar.renderTraced(text, variables({}));
  expect(traced.kind()).toBe(kind);
  expect(ran).toHaveLength(1);
});

test.each([
  ['data', { value: 'text', template: false }, 'AnsibleUnsafeText'],
  ["the author's", { value: 'text', template: false, origin: 'author' }, 'str'],
  ['a kind that is known', { value: 'text', template: false, kind: 'NativeJinjaText' }, 'NativeJinjaText'],
  ['text of YAML', { value: 'text', template: true }, 'AnsibleUnicode'],
  ['text marked unsafe', { value: '{% raw %}{{ x }}{% endraw %}', template: true }, 'AnsibleUnsafeText'],
] as const)('type_debug of %s', (_, variable, kind) => {
  const { templar } = counting();
  expect(templar.evaluate('v | type_debug', variables({ v: variable }))).toBe(kind);
});

test('a member of a mapping that is found when it is touched has a kind of its own', () => {
  const { templar } = counting();
  const lazy = {
    lazyGet: (key: string): Variable => ({ value: 'text', template: key === 'written' }),
    lazyKeys: () => ['written'],
  };
  const given = variables({ v: { value: lazy, template: false } });
  expect(templar.evaluate('[v.written | type_debug, v.said | type_debug]', given)).toEqual([
    'AnsibleUnicode',
    'AnsibleUnsafeText',
  ]);
});

test('members are looked for once, for their values and their kinds', () => {
  const { templar } = counting();
  const asked: string[] = [];
  const inner = (host: string) => ({
    lazyGet: (key: string): Variable => {
      asked.push(`${host}.${key}`);
      return { value: key, template: false };
    },
    lazyKeys: () => [],
  });
  const outer = (): Variable => ({
    value: { lazyGet: (key: string): Variable => ({ value: inner(key), template: false }), lazyKeys: () => [] },
    template: false,
  });
  const traced = templar.renderTraced('{{ all.h1.x }}', { get: outer, names: () => ['all'] });
  expect(traced.kind()).toBe('AnsibleUnsafeText');
  expect(asked).toEqual(['h1.x']);
});
