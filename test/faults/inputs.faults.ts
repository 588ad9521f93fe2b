import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { figure, kprov } from './support.js';

/** Reports what a process used, at its end. */
const meter = `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.FAULTS_METER, JSON.stringify({ megabytes: maxRSS / 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 }));
});
`;

const good = '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: echo hello\n';
const play = (rest: string) => `- hosts: all\n  gather_facts: false\n${rest}`;
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'abcdefgh'
  .split('')
  .map((name, i) =>
    i === 0
      ? ''
      : `${name}: &${name} [${Array(9)
          .fill(`*${'abcdefgh'[i - 1]}`)
          .join(',')}]\n`,
  )
  .join('')}`;
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
const blocks = (depth: number): string => {
  let text = '';
  for (let i = 0; i < depth; i++) text += `${' '.repeat(4 + i * 4)}- block:\n`;
  return `${play('  tasks:\n')}${text}${' '.repeat(4 + depth * 4)}- debug:\n`;
};

const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

interface Bad {
  name: string;
  files: Record<string, string>;
  /** What is said, with its place. */
  said: RegExp;
  code?: number;
  inventory?: string;
  args?: string[];
  /** Characters of output; default 10,000. */
  longest?: number;
}

const cases: Bad[] = [
  {
    name: 'brackets nested 100,000 deep in YAML',
    files: { 'site.yml': nested(100_000, '[', ']') },
    said: /site\.yml:1:\d+/,
  },
  {
    name: 'mappings nested 100,000 deep in YAML',
    files: { 'site.yml': nested(100_000, '{a: ', '}') },
    said: /site\.yml:1:\d+/,
  },
  {
    name: 'indentation nested 2,000 deep',
    files: { 'site.yml': Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('') },
    said: /site\.yml:\d+:\d+/,
  },
  { name: 'blocks nested 300 deep', files: { 'site.yml': blocks(300) }, said: /site\.yml:\d+:\d+/ },
  {
    name: 'anchors that multiply in a playbook',
    files: { 'site.yml': `${play('  tasks: []\n')}  vars:\n${bomb.replace(/^/gm, '    ')}` },
    said: /site\.yml:\d+:\d+.*(alias|anchor)/s,
  },
  {
    name: 'anchors that multiply in an inventory',
    inventory: 'hosts.yml',
    files: { 'hosts.yml': `all:\n  vars:\n${bomb.replace(/^/gm, '    ')}` },
    said: /hosts\.yml:\d+:\d+.*(alias|anchor)/s,
  },
  {
    name: 'anchors that multiply in group_vars',
    files: { 'group_vars/all.yml': bomb },
    said: /all\.yml:\d+:\d+.*(alias|anchor)/s,
  },
  {
    name: 'an alias of itself',
    files: { 'site.yml': play('  vars: &x {a: *x}\n  tasks: []\n') },
    said: /site\.yml:3:\d+/,
  },
  {
    name: 'duplicate keys',
    files: { 'site.yml': play('  tasks:\n    - copy: {dest: /a, content: x}\n      when: true\n      when: false\n') },
    said: /site\.yml:6:7.*when/s,
  },
  { name: 'tabs', files: { 'site.yml': '- hosts: all\n\ttasks: []\n' }, said: /site\.yml:2:1.*tab/is },
  {
    name: 'a version that YAML reads as the number 1.3',
    files: { 'site.yml': play('  tasks:\n    - kubernetes_packages: {version: 1.30}\n') },
    said: /site\.yml:4:38: warning: .*not `1\.30`.*quote it: "1\.30"/s,
    code: 2,
  },
  {
    name: 'a mode that YAML reads as another number',
    files: { 'site.yml': play('  tasks:\n    - file: {path: /x, state: touch, mode: 644}\n') },
    said: /site\.yml:4:\d+.*mode/s,
  },
  {
    name: 'no where a word is wanted',
    files: { 'site.yml': play('  tasks:\n    - service: {name: x, state: no}\n') },
    said: /site\.yml:4:\d+.*state/s,
  },
  {
    name: 'a word where a list is wanted',
    files: { 'site.yml': play('  tasks: everything\n') },
    said: /site\.yml:3:\d+/,
  },
  {
    name: 'an unknown keyword of a play',
    files: { 'site.yml': play('  taks: []\n') },
    said: /site\.yml:3:3.*taks.*did you mean/is,
  },
  {
    name: 'an unknown task',
    files: { 'site.yml': play('  tasks:\n    - cpoy: {dest: /x}\n') },
    said: /site\.yml:4:7.*cpoy.*copy/s,
  },
  {
    name: 'an unknown parameter',
    files: { 'site.yml': play('  tasks:\n    - copy: {dset: /x, content: y}\n') },
    said: /site\.yml:4:\d+.*dset.*dest/s,
  },
  { name: 'an import of itself', files: { 'site.yml': '- import_playbook: site.yml\n' }, said: /site\.yml:1:\d+/ },
  {
    name: 'task files that import each other',
    files: {
      'site.yml': play('  tasks:\n    - import_tasks: a.yml\n'),
      'a.yml': '- import_tasks: b.yml\n',
      'b.yml': '- import_tasks: a.yml\n',
    },
    said: /[ab]\.yml:1:\d+/,
  },
  {
    name: 'roles that depend on each other',
    files: {
      'site.yml': play('  roles: [a]\n'),
      'roles/a/meta/main.yml': 'dependencies: [b]\n',
      'roles/b/meta/main.yml': 'dependencies: [a]\n',
      'roles/a/tasks/main.yml': '[]\n',
      'roles/b/tasks/main.yml': '[]\n',
    },
    said: /main\.yml:1:\d+/,
  },
  {
    name: 'groups that are their own children',
    files: { 'hosts.ini': '[a:children]\nb\n[b:children]\na\n' },
    said: /hosts\.ini:\d:\d/,
  },
  {
    name: 'a template that never ends',
    files: {
      'site.yml': play(
        '  tasks:\n    - debug: {msg: "{% for x in range(999999999) %}{% for y in range(999999999) %}{% endfor %}{% endfor %}"}\n',
      ),
    },
    said: /site\.yml:4|template/,
    code: 2,
  },
  {
    name: 'a template that grows without end',
    files: { 'site.yml': play('  tasks:\n    - debug: {msg: "{{ \'x\' * 99999999999 }}"}\n') },
    said: /too|large|long|limit/,
    code: 2,
  },
  {
    name: 'an expression in a template that never ends',
    files: {
      'site.yml': play(
        "  tasks:\n    - debug: {msg: \"{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex_search('(a+)+$') }}\"}\n",
      ),
    },
    said: /the regular expression does not come to an end on this text/,
    code: 2,
  },
  {
    name: 'a pattern of hosts that never ends',
    files: {
      'hosts.ini': `${'a'.repeat(36)} ansible_connection=local\n`,
      'site.yml': good.replace('all', '"~(a+)+b"'),
    },
    said: /the regular expression does not come to an end on this text/,
  },
  {
    name: 'variables that lead to each other',
    files: { 'site.yml': play('  vars: {a: "{{ b }}", b: "{{ a }}"}\n  tasks:\n    - debug: {msg: "{{ a }}"}\n') },
    said: /recursi|itself|circle|loop/,
    code: 2,
  },
  {
    name: 'a template that is not closed',
    files: { 'site.yml': play('  tasks:\n    - debug: {msg: "{{ a "}\n') },
    said: /site\.yml:4:\d+/,
  },
  {
    name: 'an include outside of the playbook folder',
    files: { 'site.yml': play('  tasks:\n    - import_tasks: ../../../../etc/passwd\n') },
    said: /site\.yml:4:\d+|passwd:1:\d+/,
  },
  {
    name: 'a play on hosts whose name begins with -',
    files: { 'hosts.ini': '-oProxyCommand=touch${IFS}/tmp/faults-pwned\n' },
    said: /hosts\.ini:1:1 .*|hosts\.ini:1:1/,
  },
  {
    name: 'an address that begins with -',
    files: { 'hosts.ini': 'a ansible_host=-oProxyCommand=x\n' },
    said: /-oProxyCommand/,
    code: 4,
  },
  {
    name: 'a user that begins with -',
    files: { 'hosts.ini': 'a ansible_host=127.0.0.1 ansible_port=9 ansible_user=-l\n' },
    said: /-l|127\.0\.0\.1/,
    code: 4,
  },
  {
    name: 'a become user that holds shell',
    files: {
      'hosts.ini': 'a ansible_connection=local\n',
      'site.yml': play('  tasks:\n    - {command: id, become: true, become_user: "$(touch /tmp/faults-pwned)"}\n'),
    },
    said: /user name/,
    code: 2,
  },
  {
    name: 'control characters in a host name',
    files: { 'hosts.ini': 'a\u001b[2Jb\n' },
    said: /hosts\.ini:1:1.*\\u001b/s,
  },
  {
    name: 'bytes that are no text',
    files: { 'hosts.ini': 'a\n\ufffd\ufffd\u0000\u0001\n' },
    said: /hosts\.ini:1:1: error: a binary file/,
  },
  {
    name: 'a range of a billion hosts',
    files: { 'hosts.ini': 'n[1:1000000000]\n' },
    said: /hosts\.ini:1:2.*too large/s,
  },
  { name: 'a group name that is no name', files: { 'hosts.ini': '[-g]\na\n' }, said: /hosts\.ini:1:2/ },
  {
    name: 'an inventory of 20 MB without a line end',
    files: { 'hosts.ini': 'a'.repeat(20_000_000) },
    said: /hosts\.ini/,
  },
  { name: 'a playbook of 20 MB without a line end', files: { 'site.yml': 'a'.repeat(20_000_000) }, said: /site\.yml/ },
  {
    name: 'enormous: 1.5 million variables in group_vars',
    files: { 'group_vars/all.yml': many(1_500_000, (i) => `k${i}: v\n`) },
    said: /all\.yml:1:1: error: more than \d+ characters of YAML/,
  },
  {
    name: 'enormous: a quarter of a million variables in group_vars',
    files: { 'group_vars/all.yml': many(250_000, (i) => `k${i}: v\n`) },
    said: /all\.yml:1:1: error: more than \d+ lines and commas/,
  },
  {
    name: 'enormous: a playbook of 300,000 tasks',
    files: { 'site.yml': play(`  tasks:\n${'    - command: echo\n'.repeat(300_000)}`) },
    said: /site\.yml:1:1: error: more than \d+ lines and commas/,
  },
  {
    name: 'enormous: an inventory in JSON',
    inventory: 'hosts.json',
    files: { 'hosts.json': `{"all": {"vars": {${many(1_000_000, (i) => `"k${i}": ${i},`)}"z": 1}}}` },
    said: /hosts\.json:1:1: error: more than/,
  },
  {
    name: 'enormous: an inventory of a million lines',
    files: { 'hosts.ini': `[all:vars]\n${many(1_000_000, (i) => `k${i}=${i}\n`)}` },
    said: /hosts\.ini:1:1: error: more than 300000 lines/,
  },
  {
    name: 'enormous: extra variables of 20 MB',
    files: { 'x.json': `{"a": "${'x'.repeat(20_000_000)}"}` },
    args: ['site.yml', '-e', '@x.json'],
    said: /x\.json:1:1: error: .*more than/,
  },
  {
    name: 'enormous: settings',
    files: { 'ansible.cfg': `[defaults]\n${many(300_000, (i) => `k${i}=1\n`)}` },
    said: /ansible\.cfg:1:1: error: more than/,
  },
  {
    name: 'a hundred thousand mistakes',
    files: { 'ansible.cfg': `[defaults]\n${'x=1\n'.repeat(100_000)}` },
    said: /ansible\.cfg:3:1: error: `x` is given twice/,
    // A hundred of them.
    longest: 20_000,
  },
  {
    name: 'groups within groups, 10,000 deep',
    files: {
      'hosts.ini': `${many(10_000, (i) => `[g${i}:children]\ng${i + 1}\n`)}[g10000]\na ansible_host=127.0.0.1 ansible_port=9\n`,
    },
    said: /127\.0\.0\.1/,
    code: 4,
  },
  {
    name: 'control characters in an option',
    files: {},
    args: ['site.yml', '--\u001b[2J'],
    said: /unknown option '--\\x1b\[2J'/,
  },
  {
    name: 'control characters in the command that goes on',
    files: { 'hosts.ini': 'a ansible_host=127.0.0.1 ansible_port=9\n' },
    args: ['site.yml', '-u', "it's \u001b[2J"],
    said: /kprov up .* \$'it\\'s \\u001b\[2J'/,
    code: 4,
  },
  { name: 'a playbook that is a device', files: {}, args: ['/dev/zero'], said: /\/dev\/zero/ },
  { name: 'a playbook that is a folder', files: { 'd/x': '' }, args: ['d'], said: /\bd\b/ },
  {
    name: 'a playbook that is a link to itself',
    files: { 'loop.yml': '\u0000link' },
    args: ['loop.yml'],
    said: /loop\.yml/,
  },
  {
    name: '__proto__ everywhere',
    files: {
      'hosts.ini': '[__proto__]\n__proto__ __proto__=1 constructor=2\n',
      'site.yml': '- hosts: __proto__\n  __proto__: {x: 1}\n  vars: {__proto__: {polluted: 1}}\n  tasks: []\n',
    },
    said: /__proto__/,
  },
  { name: 'extra variables that are no mapping', files: {}, args: ['site.yml', '-e', '[1,2'], said: /-e|extra/ },
  {
    name: 'extra variables from a file with a mistake',
    files: { 'x.yml': 'a: [\n' },
    args: ['site.yml', '-e', '@x.yml'],
    said: /x\.yml:\d+:\d+/,
  },
];

describe('bad input ends in a clear error, within a second of work and 300 MB', () => {
  let folder: string;
  const used = { seconds: 0, megabytes: 0 };
  let peaceful = 0;
  beforeAll(async () => {
    const place = mkdtempSync(join(tmpdir(), 'kprov-faults-'));
    writeFileSync(join(place, 'hosts.ini'), 'a ansible_connection=local\n');
    writeFileSync(join(place, 'site.yml'), good);
    writeFileSync(join(place, 'meter.mjs'), meter);
    const env = { NODE_OPTIONS: `--import=${join(place, 'meter.mjs')}`, FAULTS_METER: join(place, 'figures.json') };
    expect((await kprov(['up', '-i', 'hosts.ini', 'site.yml'], { cwd: place, env })).code).toBe(0);
    peaceful = (JSON.parse(readFileSync(join(place, 'figures.json'), 'utf8')) as typeof used).seconds;
    rmSync(place, { recursive: true, force: true });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kprov-faults-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  afterAll(() =>
    figure(
      `bad inputs: ${cases.length}, at most ${used.seconds.toFixed(2)} s of work and ${Math.round(used.megabytes)} MB`,
    ),
  );

  test.each(cases.map((each) => [each.name, each] as const))(
    '%s',
    async (_, { files, said, code = 1, inventory = 'hosts.ini', args = ['site.yml'], longest = 10_000 }) => {
      const all = { 'hosts.ini': 'a ansible_connection=local\n', 'site.yml': good, ...files, 'meter.mjs': meter };
      for (const [name, content] of Object.entries(all)) {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        if (content === '\u0000link') symlinkSync(path, path);
        else writeFileSync(path, content);
      }
      const figures = join(folder, 'figures.json');
      const run = await kprov(['up', '-i', inventory, '-T', '2', ...args], {
        cwd: folder,
        env: { NODE_OPTIONS: `--import=${join(folder, 'meter.mjs')}`, FAULTS_METER: figures },
      });
      const output = run.stdout + run.stderr;
      expect({ code: run.code, output: output.slice(0, 3000) }).toMatchObject({
        code,
        output: expect.stringMatching(said),
      });
      expect(output).not.toMatch(/\bat .*\.(js|cjs|ts):\d|\[object |NaN|fault of kprov/);
      expect(output).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(output.length).toBeLessThan(longest);
      expect(existsSync('/tmp/faults-pwned')).toBe(false);
      const { seconds, megabytes } = JSON.parse(readFileSync(figures, 'utf8')) as typeof used;
      used.seconds = Math.max(used.seconds, seconds);
      used.megabytes = Math.max(used.megabytes, megabytes);
      expect(megabytes).toBeLessThan(300);
      // A busy machine makes processor time longer, too: a good playbook takes 0.4 s where there is peace.
      expect(seconds).toBeLessThan(Math.max(1, peaceful / 0.4));
    },
  );
});
