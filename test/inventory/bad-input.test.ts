import fc from 'fast-check';
import { brief, load } from './memory.js';

interface Case {
  name: string;
  files: Record<string, string>;
  sources?: string[];
  /** `severity code file:line:column message`, and after ` ! ` the fix, all of them. */
  expected: string[];
}

const ini = (name: string, text: string, ...expected: string[]): Case => ({ name, files: { 'h.ini': text }, expected });
const yaml = (name: string, text: string, ...expected: string[]): Case => ({
  name,
  files: { 'h.yml': text },
  expected,
});

const cases: Case[] = [
  ini(
    'an unknown kind of section',
    '[web:childen]\nx y z\n',
    'error unknown-section h.ini:1:1 unknown kind of section [web:childen] ! did you mean [web:children]?',
  ),
  ini('a section with a space', 'a\n [my group]\n', 'error bad-section h.ini:2:2 bad section [my group]'),
  ini('an unclosed section', '[web\na\n', 'error bad-section h.ini:1:1 bad section [web'),
  ini('a host after a section on its line', '[web] a\n', 'error bad-section h.ini:1:1 bad section [web] a'),
  ini('a range without its end', 'n[1:3\n', 'error bad-host-range h.ini:1:2 host range without its closing "]"'),
  ini('a range without its beginning', 'n1:3]\n', 'error bad-host-range h.ini:1:5 host range without its opening "["'),
  ini('a range of letters and numbers', 'x n[a:5] \n'.slice(2), 'error bad-host-range h.ini:1:2 bad host range [a:5]'),
  ini('a range of unequal widths', 'n[01:100]\n', 'error bad-host-range h.ini:1:2 bad host range [01:100]'),
  ini('a range that goes back in the alphabet', 'n[c:a]\n', 'error bad-host-range h.ini:1:2 bad host range [c:a]'),
  ini('a step of nothing', 'n[1:5:0]\n', 'error bad-host-range h.ini:1:2 bad host range [1:5:0]'),
  ini('a range that is no range', 'n[5]\n', 'error bad-host-range h.ini:1:2 bad host range [5]'),
  ini('an empty range', 'a\nn[3:1]\n', 'warning empty-host-range h.ini:2:1 n[3:1] names no host'),
  ini('a giant range', 'n[1:9999999999]\n', 'error bad-host-range h.ini:1:2 host range [1:9999999999] is too large'),
  ini(
    'giant ranges side by side',
    'a[1:1000][1:1000]\n',
    'error bad-host-range h.ini:1:10 host range [1:1000] is too large',
  ),
  ini('too many hosts altogether', 'a[1:60000]\nb[1:60000]\n', 'error too-many-hosts h.ini:2:1 too many hosts'),
  ini(
    'a name that would be an option',
    'a\n-oProxyCommand=x\n',
    'error bad-host-name h.ini:2:1 bad host name "-oProxyCommand=x"',
  ),
  ini('a group that would be an option', '[-g]\na\n', 'error bad-group-name h.ini:1:2 bad group name "-g"'),
  ini('a control character', 'a\u001bb x=1\n', 'error bad-host-name h.ini:1:1 bad host name "a\\u001bb"'),
  ini('an empty name', 'a\n""\n', 'error bad-host-name h.ini:2:1 bad host name ""'),
  ini('bytes that are not UTF-8', 'a\nb x=\ufffd\n', 'error not-utf8 h.ini:2:5 text that is not UTF-8'),
  ini(
    'a group variable among hosts',
    '[web]\nansible_user=root\n',
    'error bad-host-name h.ini:2:1 not a host name: ansible_user',
  ),
  ini(
    'YAML in an INI file',
    '---\nall:\n',
    'error bad-host-name h.ini:1:1 not a host name: ---',
    'error bad-host-name h.ini:2:1 not a host name: all:',
  ),
  ini('spaces around "="', 'a x = 1\n', 'error bad-host-line h.ini:1:3 expected key=value'),
  ini(
    'a password with a space is not repeated',
    'a ansible_password=my hunter2\n',
    'error bad-host-line h.ini:1:23 expected key=value',
  ),
  ini('an unclosed quote', 'a x="1\n', 'error bad-host-line h.ini:1:5 unclosed "'),
  ini('a backslash at the end', 'a x=1\\\n', 'error bad-host-line h.ini:1:6 nothing follows the "\\"'),
  ini(
    'a comment that cuts a value',
    'a ansible_password=ab#cd\n',
    'warning comment-cuts-value h.ini:1:22 the comment begins inside a word ! put the value in quotes where the "#" belongs to it, and a space before it where it does not',
  ),
  ini(
    'a comment that does not end a value',
    'a\n[all:vars]\nx=y # z\n',
    'warning comment-in-value h.ini:3:5 the value of x goes on to the end of the line ! put the comment on a line of its own, or the value in quotes',
  ),
  ini(
    'a version that loses a digit',
    'a\n[all:vars]\nv=1.30\n',
    "warning number-loses-digits h.ini:3:1 v is the number 1.3, not the text 1.30 ! if it is a version, quote it: v='1.30'",
  ),
  ini(
    'a version that loses a digit on a host line',
    'a v="1.20"\n',
    `warning number-loses-digits h.ini:1:3 v is the number 1.2, not the text 1.20 ! if it is a version, quote it: v="'1.20'"`,
  ),
  ini(
    'a colon in place of "="',
    'a\n[all:vars]\nx: 1\n',
    'error bad-variable-line h.ini:3:1 expected key=value ! write "=" in place of ":"',
  ),
  ini('a port that is a word', 'a:ssh\n', 'warning odd-host-name h.ini:1:1 odd host name "a:ssh"'),
  ini('a port that is too high', 'a:99999\n', 'error bad-port h.ini:1:1 ansible_port is no port'),
  ini(
    'an undefined child group',
    '[web]\na\n[top:children]\nwbe\n',
    'error undefined-group h.ini:4:1 group top includes the undefined group wbe ! did you mean web?',
  ),
  ini(
    'variables of an undefined group',
    '[web]\na\n[wep:vars]\nx=1\n',
    'error undefined-group h.ini:3:1 variables for the undefined group wep ! did you mean web?',
  ),
  ini('a group below itself', '[a:children]\na\n', 'error group-cycle h.ini:2:1 group a cannot be below a'),
  ini(
    'a circle of groups',
    '[a:children]\nb\n[b:children]\nc\n[c:children]\na\n[c]\nh\n',
    'error group-cycle h.ini:6:1 group a cannot be below c',
  ),
  ini('all below a group', '[a:children]\nall\n[a]\nh\n', 'error group-cycle h.ini:2:1 group all cannot be below a'),
  ini(
    'two words among children',
    '[a:children]\nb c\n[a]\nh\n',
    'error bad-child-group h.ini:2:1 not a group name: b c',
  ),
  ini(
    'a priority that is no number',
    '[a]\nh\n[a:vars]\nansible_group_priority=high\n',
    'error bad-group-priority h.ini:4:1 ansible_group_priority is no whole number',
  ),
  ini(
    'a host with the name of a group',
    '[web]\nweb\n',
    'warning group-and-host h.ini:2:1 web is the name of a group and of a host',
  ),
  ini('no host', '# nothing\n', 'warning no-hosts - the inventory names no host'),
  ini(
    'several mistakes at once',
    '[a:chldren]\n[b]\nx[\n-y\nz q\n',
    'error unknown-section h.ini:1:1 unknown kind of section [a:chldren] ! did you mean [a:children]?',
    'error bad-host-range h.ini:3:2 host range without its closing "]"',
    'error bad-host-name h.ini:4:1 bad host name "-y"',
    'error bad-host-line h.ini:5:3 expected key=value',
  ),
  yaml(
    'a list of hosts',
    'all:\n  hosts:\n    - a\n',
    'error bad-group-section h.yml:3:5 hosts is a list ! write "name:" in place of "- name"',
  ),
  yaml(
    'a misspelt section',
    'all:\n  host:\n    a:\n  hosts:\n    b:\n',
    'warning unknown-group-key h.yml:2:3 unknown key host in group all ! did you mean hosts?',
  ),
  yaml('a group that is text', 'web: text\n', 'error bad-group h.yml:1:6 group web is the string text'),
  yaml(
    'host variables that are a number',
    'all:\n  hosts:\n    a: 5\n',
    'error bad-host-variables h.yml:3:8 the variables of host a are the number 5',
  ),
  yaml('a bad range', 'all:\n  hosts:\n    "a[1:x]":\n', 'error bad-host-range h.yml:3:6 bad host range [1:x]'),
  yaml(
    'a group below itself',
    'a:\n  children:\n    b:\n      children:\n        a:\n  hosts: {h: }\n',
    'error group-cycle h.yml:3:5 group b cannot be below a',
  ),
  yaml(
    'a list at the top',
    '- a\n',
    'error bad-yaml-inventory h.yml:1:1 a YAML inventory is a mapping of groups, and this is a list',
  ),
  yaml(
    'an inventory plugin',
    'plugin: aws_ec2\n',
    'error inventory-plugin-unsupported h.yml:1:9 the inventory plugin aws_ec2 is not supported ! write its result to a file once:\nansible-inventory -i THIS_FILE --list --export --yaml --output hosts.yml',
  ),
  yaml(
    'two documents',
    'all:\n  hosts: {a: }\n---\nb:\n',
    'error several-documents h.yml:4:1 more than one YAML document',
  ),
  yaml('nothing', '---\n', 'warning empty-inventory h.yml:1:1 an empty inventory'),
  yaml(
    'a version that loses a digit',
    'all:\n  hosts: {a: }\n  vars:\n    v: 1.30\n',
    'warning number-loses-digits h.yml:4:5 v is the number 1.3, not the text 1.30 ! if it is a version, quote it: v: "1.30"',
  ),
  {
    name: 'no such file, but a similar one',
    files: { 'hosts.ini': 'a' },
    sources: ['host.ini'],
    expected: ['error inventory-not-found - there is no inventory host.ini ! did you mean hosts.ini?'],
  },
  {
    name: 'a host without a comma',
    files: { x: '' },
    sources: ['node7'],
    expected: [
      'error inventory-not-found - there is no inventory node7 ! for a single host named node7 write a comma after it: -i node7,',
    ],
  },
  {
    name: 'an empty source',
    files: { x: '' },
    sources: [''],
    expected: ['error inventory-not-found - an inventory without a name'],
  },
  {
    name: 'a bad name in a host list',
    files: { x: '' },
    sources: ['a, -x,'],
    expected: ['error bad-host-name -i a, -x,:1:4 bad host name "-x"'],
  },
  {
    name: 'a directory of .ini files',
    files: { 'd/hosts.ini': 'a' },
    sources: ['d'],
    expected: [
      'error empty-inventory-directory d:1:1 no inventory in the directory d ! name the file itself: -i d/hosts.ini',
    ],
  },
  {
    name: 'a TOML inventory',
    files: { 'h.toml': 'a=1' },
    expected: ['error toml-unsupported h.toml:1:1 TOML inventories are not supported ! write it as INI or YAML'],
  },
  { name: 'a binary file', files: { h: 'a\0' }, expected: ['error bad-inventory h:1:1 a binary file'] },
  {
    name: 'group_vars of a misspelt group',
    files: { h: '[workers]\na\n', 'group_vars/worker.yml': 'x: 1\n' },
    expected: [
      'warning vars-file-of-nobody group_vars/worker.yml:1:1 no group is called worker ! did you mean workers?',
    ],
  },
  {
    name: 'group_vars behind others',
    files: { h: '[web]\na\n', 'group_vars/web/x.yml': 'x: 1\n', 'group_vars/web.yml': 'x: 2\n' },
    expected: ['warning vars-file-not-read group_vars/web.yml:1:1 web.yml is not read'],
  },
  {
    name: 'host_vars that are a list',
    files: { h: 'a\n', 'host_vars/a.yml': '- x\n' },
    expected: ['error bad-vars-file host_vars/a.yml:1:1 expected a mapping of variables'],
  },
  {
    name: 'group_vars that are a file',
    files: { h: 'a\n', group_vars: 'x: 1\n' },
    expected: ['warning no-directory group_vars:1:1 group_vars is a file and not a directory, so it is not read'],
  },
  {
    name: 'a priority outside the inventory',
    files: { h: 'a\n', 'group_vars/all': 'ansible_group_priority: 5\n' },
    expected: ['warning priority-not-read group_vars/all:1:1 ansible_group_priority changes nothing here'],
  },
];

test.each(cases)('$name is said with its place', async ({ files, sources, expected }) => {
  const { diagnostics } = await load(files, sources);
  const said = diagnostics.map((d) => brief([d])[0] + (d.fix === undefined ? '' : ` ! ${d.fix}`));
  expect(said).toEqual(expected);
});

test.each([
  ['an inventory', { 'h.yml': '$ANSIBLE_VAULT;1.1;AES256\n3132\n' }, 'h.yml:1:1'],
  ['an inventory without an extension', { h: '$ANSIBLE_VAULT;1.1;AES256\n3132\n' }, 'h:1:1'],
  [
    'a file of variables',
    { h: 'a\n', 'group_vars/all.yml': '$ANSIBLE_VAULT;1.1;AES256\n3132\n' },
    'group_vars/all.yml:1:1',
  ],
])('%s encrypted with ansible-vault is refused where nothing decrypts', async (_, files, place) => {
  const { diagnostics } = await load(files);
  expect(diagnostics.map(({ code }) => code)).toEqual(['vaulted-text']);
  expect(brief(diagnostics)[0]).toContain(place);
});

test('a file with thousands of mistakes is not read to its end', async () => {
  const { diagnostics } = await load({ h: '[x\n'.repeat(10_000) });
  expect(diagnostics).toHaveLength(100);
});

const line = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '[',
        ']',
        ':',
        'a',
        'b',
        '=',
        '"',
        "'",
        '\\',
        '#',
        ' ',
        '-',
        '1',
        'children',
        'vars',
        '\t',
        '&',
        '{',
        '- ',
        ',',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('[a]', '[b:children]', 'a', '[a:vars]', 'x=1', 'n[1:3]', 'all:', '  hosts:', '    n1:', '---'),
);

test.each(['h', 'h.ini', 'h.yml', 'h.json'])(
  'no text in %s makes loading throw, and variables can always be asked for',
  async (file) => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const { inventory, diagnostics } = await load({ [file]: lines.join('\n') });
        for (const host of inventory.hosts.keys()) inventory.variablesOf(host);
        for (const { message } of diagnostics) expect(message).not.toMatch(/[\0-\x1f\x7f-\x9f]/);
      }),
      { numRuns: 100 },
    );
  },
);

test.each([
  ['a long line of words', 'x '.repeat(200_000)],
  ['a long name', 'x'.repeat(1_000_000)],
  ['a long name of ranges', 'a[1:2]'.repeat(20_000)],
  ['a deep literal', `h a=${'['.repeat(200_000)}`],
  ['dots', `${'1.'.repeat(50_000)}x`],
  [
    'a long chain of groups',
    `${Array.from({ length: 1500 }, (_, i) => `[g${i}:children]\ng${i + 1}\n`).join('')}[g1500]\nh\n`,
  ],
  ['the largest range', 'n[1:100000]\n'],
])('%s is read within a second of work', async (_, text) => {
  const started = process.cpuUsage();
  await load({ 'h.ini': text });
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(1);
});
