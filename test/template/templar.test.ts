import { createTemplar, filter, OMIT, TemplateError, UndefinedError, type Variable } from '../../src/template/index.js';
import { data, templates, thrownBy } from './variables.js';

const templar = createTemplar();
const nothing = templates({});

describe('render', () => {
  test('renders lists, mappings and the keys of mappings, and leaves other values alone', () => {
    const value = { '{{ k }}': ['{{ n }}', 'plain', 1, null, true], b: { c: 'v{{ n }}' } };
    expect(templar.render(value, templates({ k: 'key', n: 2 }))).toEqual({
      key: [2, 'plain', 1, null, true],
      b: { c: 'v2' },
    });
  });

  test('hands back a text without delimiters as it is', () => {
    expect(templar.render('{ not } a %} template }}', nothing)).toBe('{ not } a %} template }}');
  });

  test('keeps keys such as __proto__ as only keys', () => {
    const value = templar.render(JSON.parse('{"__proto__": "{{ 1 }}"}'), nothing);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  test('gives the omit placeholder', () => {
    expect(templar.render('{{ nope | default(omit) }}', nothing)).toBe(OMIT);
  });
});

describe('renderTraced', () => {
  const reading = createTemplar({ lookups: { echo: (terms) => [...terms] } });
  const known: Record<string, Variable> = {
    written: { value: '{{ name }}', template: true },
    name: { value: 'host-1', template: false, origin: 'author' },
    later: { value: 'x{{ unknown }}', template: false, origin: 'unrendered' },
    said: { value: '{{ evil }}', template: false },
    unsafe: { value: '{% raw %}{{ x }}{% endraw %}', template: true },
    lazy: { value: { lazyGet: (key: string) => known[key], lazyKeys: () => [] }, template: false },
  };
  const variables = { get: (name: string) => known[name], names: () => Object.keys(known) };

  test.each([
    ['{{ written }} {{ 1 + 1 }}', { isOwn: true, isUnrendered: false }],
    ['{{ later }}', { isOwn: true, isUnrendered: true }],
    ['{{ lazy.later }} {{ lazy.name }}', { isOwn: true, isUnrendered: true }],
    ['{{ lazy.later }} {{ lazy.said }}', { isOwn: false, isUnrendered: false }],
    ["{{ later }} {{ query('echo', 'x') }}", { isOwn: false, isUnrendered: false }],
    ["{{ later }} {{ lookup('vars', 'name') }}", { isOwn: false, isUnrendered: false }],
    ['{{ later }} {{ unsafe }}', { isOwn: false, isUnrendered: false }],
    ['{% raw %}{{ x }}{% endraw %}{{ later }}', { isOwn: false, isUnrendered: false }],
    ['{% if said %}{{ later }}{% endif %}', { isOwn: false, isUnrendered: false }],
  ])('%s: %j', (text, expected) => {
    expect(reading.renderTraced(text, variables)).toMatchObject(expected);
  });
});

describe('evaluate', () => {
  test('gives the value of a bare expression', () => {
    expect(templar.evaluate('[x, {"k": x / 2}]', templates({ x: 3 }))).toEqual([3, { k: 1.5 }]);
  });

  test('accepts an expression within {{ }}, and says that it is deprecated', () => {
    const notes: string[] = [];
    const noting = createTemplar({ onDeprecated: (message) => notes.push(message) });
    expect(noting.evaluate('{{ x }} ', templates({ x: 3 }))).toBe(3);
    expect(notes).toEqual([expect.stringContaining('should not include jinja2 templating delimiters')]);
  });
});

describe('what an expression alone comes to', () => {
  const vars = templates({ nothing: null, text: 'no', number: '12', by: '{{ nothing | default(none) }}' });
  test.each([
    ['{{ none }}', null, '', null],
    ['{{ nothing }}', null, null, null],
    ['{{ by }}', null, '', null],
    ['{{ text }}', 'no', 'no', 'no'],
    ['{{ number }}', '12', '12', 12],
    ['{{ 1 }}{{ 2 }}', '12', '12', 12],
    ["{{ '[1, x]' }}", '[1, x]', '[1, x]', '[1, x]'],
    ['{{ \'"quoted"\' }}', '"quoted"', '"quoted"', '"quoted"'],
    ["{{ ' 3' }}", ' 3', ' 3', ' 3'],
    ['{{ range(2) }}', [0, 1], [0, 1], [0, 1]],
  ])('%s: %j, without jinja2_native %j, with it %j', (text, own, without, native) => {
    const answers = [undefined, false, true].map((option) =>
      createTemplar(option === undefined ? {} : { native: option }).render(text, vars),
    );
    expect(answers).toEqual([own, without, native]);
  });
});

describe('filters fail in the words that playbooks look for', () => {
  test.each([
    ["{{ 'a=b=c' | regex_replace('=', ':', mandatory_count=1) }}", "'=' should match 1 times, but matches 2 times"],
    ["{{ 'a' | regex_escape(re_type='other') }}", 'Invalid regex type (other)'],
    ["{{ 'a' | to_uuid(namespace=22) }}", "Invalid value '22' for 'namespace'"],
    ['{{ true | path_join }}', '|path_join expects string or sequence, got bool instead.'],
    ['{{ {} | subelements(17) }}', 'subelements must be a list or a string'],
  ])('%s', (text, message) => {
    expect(() => templar.render(text, nothing)).toThrow(message);
  });

  test('regex_replace is content with as many matches as it must find, and shuffle with what is no list', () => {
    const rolling = createTemplar({ environment: { random: () => 0 } });
    expect(
      rolling.render("{{ 'a=b=c' | regex_replace('=', ':', mandatory_count=2) }}{{ 22 | shuffle }}", nothing),
    ).toBe('a:b:c22');
  });

  test('what is extracted from a container that is not there can have a default', () => {
    expect(templar.render("{{ 'k' | extract(nowhere, 'l') | default('d') }}", nothing)).toBe('d');
    expect(() => templar.render("{{ nowhere | extract({'k': 1}) }}", nothing)).toThrow("'nowhere' is undefined");
  });
});

describe('renderText', () => {
  test('honours the header line, which wins over the options', () => {
    const text =
      "#jinja2: trim_blocks: False, variable_start_string: '[[', variable_end_string: ']]'\n{% if true %}\n[[ 1 ]] {{ 2 }}\n{% endif %}\n";
    expect(templar.renderText(text, nothing, { trimBlocks: true })).toBe('\n1 {{ 2 }}\n');
  });

  test('refuses a header that it does not know', () => {
    expect(() => templar.renderText('#jinja2: extensions: "%"\n', nothing)).toThrow('extensions');
    expect(() => templar.renderText('#jinja2: trim_blocks=True\n', nothing)).toThrow('failed to parse jinja2 override');
  });

  test('lines that begin with a prefix of the header are statements and comments', () => {
    const text = `#jinja2: line_statement_prefix: "#:", block_start_string: '<%', block_end_string: '%>', line_comment_prefix:'##'
a
  #: for n in [1, 2]:
b{{ n }}  ## not said
#: endfor
c
#: if true
d
#: endif`;
    expect(templar.renderText(text, nothing)).toBe('a\nb1\nb2\nc\nd\n');
  });

  test.each([
    [{}, 'a\n1\n'],
    [{ keepTrailingNewline: false }, 'a\n1'],
    [{ newlineSequence: '\r\n' as const }, 'a\r\n1\r\n'],
    [{ delimiters: { variableStart: '<<', variableEnd: '>>' } }, 'a\n{{ 1 }}\n'],
  ])('with %j', (options, expected) => {
    expect(templar.renderText('a\n{{ 1 }}\n', nothing, options)).toBe(expected);
  });

  test('never takes its result for a list or mapping', () => {
    expect(templar.renderText('{{ [1] }}', nothing)).toBe('[1]');
  });
});

describe('errors', () => {
  test.each([
    ['a\n {{ x | jion }}', 'unknown-filter', "unknown filter 'jion'", "did you mean 'join'?", 2, 9],
    ['{{ x is defned }}', 'unknown-test', "unknown test 'defned'", "did you mean 'defined'?", 1, 9],
    ["{{ lookup('seqence', 1) }}", 'unknown-lookup', "unknown lookup 'seqence'", "did you mean 'sequence'?", 1, 11],
    ['a\n\n{% fro i in x %}', 'template-syntax', "unknown statement 'fro'", "did you mean 'for'?", 3, 4],
    ['{{ x', 'template-syntax', 'the expression that begins here is not closed', undefined, 1, 1],
    ['{% if x %}\n', 'template-syntax', "the statement is not closed: 'endif' is missing", undefined, 1, 9],
    ["{{ 'a }}", 'template-syntax', 'the string that begins here is not closed', undefined, 1, 4],
    ['{{ a b }}', 'template-syntax', "expected '}}' or an operator, found 'b'", undefined, 1, 6],
  ])('%j is told offline with its place and the nearest name', (text, code, message, fix, line, column) => {
    expect(templar.check(text)).toEqual({
      code,
      message,
      line,
      column,
      offset: expect.any(Number),
      ...(fix && { fix }),
    });
  });

  test('a text with nothing wrong has no problem', () => {
    expect(templar.check("{{ x | default(lookup('vars', 'y')) }}")).toBeUndefined();
    expect(templar.check('a == ', { expression: true })).toMatchObject({ code: 'template-syntax' });
    expect(templar.check('a is defined', { expression: true })).toBeUndefined();
  });

  test('an undefined variable is named, with the nearest that is there', () => {
    const error = thrownBy(() => templar.render('one\n{{ node_nmae }}', templates({ node_name: 'x' })));
    expect(error).toBeInstanceOf(UndefinedError);
    expect(error).toMatchObject({
      message: "'node_nmae' is undefined",
      variable: 'node_nmae',
      fix: "did you mean 'node_name'?",
      line: 2,
    });
  });

  test('a missing attribute is named, with the nearest that is there', () => {
    const error = thrownBy(() => templar.render('{{ d.prot }}', templates({ d: { port: 1 } })));
    expect(error).toMatchObject({ message: "'dict object' has no attribute 'prot'", fix: "did you mean 'port'?" });
  });

  test('an error within an included template is placed in that', () => {
    const including = createTemplar({ loadTemplate: (name) => (name === 'part.j2' ? 'a\n{{ 1 + "x" }}' : undefined) });
    const error = thrownBy(() => including.renderText("{% include 'part.j2' %}", nothing, { name: 'main.j2' }));
    expect(error).toMatchObject({ place: { name: 'part.j2', line: 2, column: 6 } });
  });

  test.each([
    ['{% for i in range(10**9) %}{% endfor %}'],
    ['{% for i in range(3000) %}{% for j in range(3000) %}{% endfor %}{% endfor %}'],
    ["{{ 'a' * 10**9 }}"],
    ["{{ '%1000000000d' % 1 }}"],
    ['{{ [0] * 10**9 }}'],
    ['{{ range(60) | combinations(30) }}'],
    ['{{ range(300) | product(repeat=9) }}'],
    ['{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'],
    ["{% include 'self' %}"],
    ["{% set x = 'a' * 1000000 %}{% for i in range(100) %}{{ x }}{% endfor %}"],
    ['{% set l = [] %}{% do l.append(l) %}{{ l }}'],
    [`{{ x${' | string'.repeat(20_000)} }}`],
    ["{{ ('[' * 60000 ~ ']' * 60000) | from_yaml }}"],
  ])('what would never end is a clear error: %.60s', (template) => {
    const limited = createTemplar({ maxSteps: 100_000, loadTemplate: () => "{% include 'self' %}" });
    expect(thrownBy(() => limited.renderText(template, nothing))).toMatchObject({ code: 'template-too-big' });
  });
});

test('the template lookup honours the header line and gives the text with its last newline', () => {
  const files: Record<string, string> = {
    'a.j2': '#jinja2: trim_blocks: False\n{% if x %}\nv{{ x }}\n{% endif %}\n',
    'b.j2': '{{ x }}\n',
  };
  const loading = createTemplar({ loadTemplate: (name) => files[name] });
  expect(loading.render("{{ lookup('template', 'a.j2') }}", templates({ x: 1 }))).toBe('\nv1\n');
  expect(loading.render("[{{ query('template', 'b.j2', 'b.j2') }}", templates({ x: 1 }))).toBe("[['1\\n', '1\\n']");
  expect(() => loading.render("{{ lookup('template', 'c.j2') }}", nothing)).toThrow('c.j2 could not be found');
});

describe('references', () => {
  test.each([
    ['{{ a.b | default(c) }} {{ lookup("vars", d) }}', ['a', 'c', 'd']],
    ['{% for i in l if i > m %}{{ i }}{{ loop.index }}{{ n }}{% endfor %}{{ i }}', ['i', 'l', 'm', 'n']],
    ['{% set a = b %}{{ a }}', ['b']],
    ['{% macro m(x, y=z) %}{{ x }}{{ w }}{% endmacro %}{{ m(1) }}', ['w', 'z']],
    ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', ['a', 'b']],
    ['{% if a %}{% set q = 1 %}{% endif %}{{ q }}{{ range(3) }}', ['a']],
    ['plain', []],
  ])('of %j are %j', (text, names) => {
    expect([...templar.references(text)].sort()).toEqual(names);
  });

  test('of a bare expression', () => {
    expect([...templar.references('a.b == c and d is defined', { expression: true })].sort()).toEqual(['a', 'c', 'd']);
  });
});

describe('what is injected', () => {
  const at = Date.UTC(2024, 1, 29, 12, 30, 5);
  const rich = createTemplar({
    environment: {
      now: () => at,
      random: () => 0.5,
      utcOffsetMinutes: () => 60,
      homeDirectory: (user) => `/home/${user ?? 'me'}`,
      variable: (name) => ({ USER: 'me' })[name],
      realpath: (path) => `/real${path}`,
      fileKind: (path, follows) =>
        path === '/l' ? (follows ? 'file' : 'link') : path === '/d' ? 'directory' : undefined,
      workingDirectory: () => '/work',
    },
    filters: { shout: filter('mark', (value, [mark = '!']) => `${String(value)}${String(mark)}`) },
    lookups: {
      echo: (terms, kwargs) => [...terms, ...Object.keys(kwargs)],
      broken: () => {
        throw new TemplateError('no such thing');
      },
    },
    globals: { answer: 42, twice: ([value]) => Number(value) * 2 },
  });

  test.each([
    ["{{ now(utc=true).strftime('%F %T') }}", '2024-02-29 12:30:05'],
    ["{{ now(fmt='%H:%M') }}", '13:30'],
    ["{{ '%Y-%m-%d %H' | strftime }}", '2024-02-29 13'],
    ['{{ [1, 2, 3] | random }} {{ 10 | random }}', '2 5'],
    ["{{ '~/x' | expanduser }} {{ '~bob' | expanduser }}", '/home/me/x /home/bob'],
    ["{{ '$USER/${USER}/$NOPE' | expandvars }}", 'me/me/$NOPE'],
    ["{{ '/a' | realpath }}", '/real/a'],
    ["{{ '/work/a' | relpath }}", 'a'],
    ["{{ '/l' is file }} {{ '/l' is link }} {{ '/d' is directory }} {{ '/n' is exists }}", 'True True True False'],
    ["{{ 'a' | shout }}{{ 'a' | shout(mark='?') }}", 'a!a?'],
    ["{{ lookup('echo', 'a', 'b', k=1) }}", 'a,b,k'],
    ["{{ query('ansible.builtin.echo', 1) }}", [1]],
    ["{{ lookup('broken', errors='ignore') }}", null],
    ['{{ answer }} {{ twice(4) }}', '42 8'],
  ])('%s', (template, expected) => {
    expect(rich.render(template, nothing)).toEqual(expected);
  });

  test.each(['{{ now() }}', '{{ [1] | random }}', "{{ '~' | expanduser }}", "{{ '/x' is file }}"])(
    'is missed by name: %s',
    (template) => {
      expect(thrownBy(() => templar.render(template, nothing))).toMatchObject({ code: 'unavailable' });
    },
  );

  test.each(['win_basename', 'vault', 'password_hash'])('the filter %s is refused by name', (name) => {
    expect(() => templar.render(`{{ 'x' | ${name} }}`, nothing)).toThrow(`the filter '${name}' is not supported`);
  });

  test('a seed gives the same choice each time', () => {
    const text = '{{ range(1000) | list | shuffle(seed=host) | first }}';
    expect(templar.render(text, data({ host: 'a' }))).toBe(templar.render(text, data({ host: 'a' })));
  });
});
