import fc from 'fast-check';
import type { ConnectionFlags, RunFlags } from '../../../src/cli/options.js';
import { withRunSettings } from '../../../src/cli/settings/apply.js';
import { findConfigFile, type Surroundings } from '../../../src/cli/settings/find-file.js';
import { playDefaults } from '../../../src/cli/settings/play-defaults.js';
import { readIniFile } from '../../../src/cli/settings/read-ini.js';
import { readSettings, type Settings } from '../../../src/cli/settings/settings.js';
import { settings as table } from '../../../src/cli/settings/table.js';
import { InputError } from '../../../src/errors/index.js';
import { memoryFiles } from '../../inventory/memory.js';

interface Given {
  files?: Record<string, string>;
  env?: Record<string, string>;
  /** Mode of the working directory. */
  mode?: number;
}

const around = ({ files = {}, env = {}, mode = 0o755 }: Given): Surroundings => ({
  env,
  cwd: '/w',
  homeDirectory: '/home/me',
  files: { ...memoryFiles(files), permissions: (path) => (path === '/w' ? mode : 0o644) },
});

const read = (given: Given): Settings => readSettings(around(given));

function refusalsOf(given: Given): string[] {
  try {
    read(given);
  } catch (error) {
    if (error instanceof InputError) {
      return error.diagnostics.map(
        ({ position, message, why }) => `${position ? `${position.file}:${position.line}: ` : ''}${message} (${why})`,
      );
    }
    throw error;
  }
  return [];
}

const here = '[defaults]\nforks = 1\n';

describe('which file counts', () => {
  const all = {
    '/c/x.cfg': here,
    'ansible.cfg': here,
    '/home/me/.ansible.cfg': here,
    '/etc/ansible/ansible.cfg': here,
  };
  const { '/c/x.cfg': _, ...noneNamed } = all;

  test.each([
    ['the one in ANSIBLE_CONFIG', { files: all, env: { ANSIBLE_CONFIG: '/c/x.cfg' } }, '/c/x.cfg'],
    ['a path with ~', { files: all, env: { ANSIBLE_CONFIG: '~/.ansible.cfg' } }, '/home/me/.ansible.cfg'],
    [
      'in a directory that it names',
      { files: { '/c/ansible.cfg': here }, env: { ANSIBLE_CONFIG: '/c' } },
      '/c/ansible.cfg',
    ],
    ['the next where it is not there', { files: noneNamed, env: { ANSIBLE_CONFIG: '/c/x.cfg' } }, '/w/ansible.cfg'],
    ['the one here', { files: noneNamed }, '/w/ansible.cfg'],
    [
      'the one at home',
      { files: { '/home/me/.ansible.cfg': here, '/etc/ansible/ansible.cfg': here } },
      '/home/me/.ansible.cfg',
    ],
    ['the one of the machine', { files: { '/etc/ansible/ansible.cfg': here } }, '/etc/ansible/ansible.cfg'],
    ['none', {}, undefined],
  ])('%s', (_name, given, path) => {
    expect(findConfigFile(around(given)).path).toBe(path);
  });

  test('one in a directory that everybody may write to does not, and that is said', () => {
    const found = findConfigFile(around({ files: noneNamed, mode: 0o777 }));
    expect(found.path).toBe('/home/me/.ansible.cfg');
    expect(found.warning).toContain('/w/ansible.cfg is not read: everybody may write to its directory');
    expect(findConfigFile(around({ mode: 0o777 })).warning).toBeUndefined();
  });
});

describe('the file', () => {
  test.each([
    ['= and :', '[a]\nx = 1\ny: 2\n', ['a.x=1', 'a.y=2']],
    ['keys in any case', '[a]\nForks=1\n', ['a.forks=1']],
    ['comments', '# c\n[a]\n; c\nx = 1 ; c\ny = a;b\n  # c\n', ['a.x=1', 'a.y=a;b']],
    ['a # behind a value belongs to it', '[a]\nx = 1 # 2\n', ['a.x=1 # 2']],
    ['values that go on', '[a]\nx =\n  one,\n  two\ny = 3\n', ['a.x=one,\ntwo', 'a.y=3']],
    ['line ends of another system', '[a]\r\nx = 1\r\n', ['a.x=1']],
    ['an = in the value', '[a]\nssh_args = -o A=b\n', ['a.ssh_args=-o A=b']],
  ])('%s', (_, text, expected) => {
    const { entries, diagnostics } = readIniFile(text, 'f');
    expect(diagnostics).toEqual([]);
    expect(entries.map(({ section, key, value }) => `${section}.${key}=${value}`)).toEqual(expected);
  });

  test.each([
    ['a setting ahead of any section', 'forks = 1\n', 1],
    ['a line without a value', '[a]\nforks\n', 2],
    ['`x` is given twice in [a]', '[a]\nx = 1\nx = 2\n', 3],
  ])('%s is an error', (message, text, line) => {
    const [problem] = readIniFile(text, 'f').diagnostics;
    expect(problem).toMatchObject({ code: 'bad-config-file', message, position: { file: 'f', line } });
  });

  test('any text at all is read or refused, with its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('[', ']', '=', ':', ';', '#', '\n', ' ', 'a') }), (text) => {
        for (const { position } of readIniFile(text, 'f').diagnostics) expect(position?.line).toBeGreaterThan(0);
      }),
    );
  });
});

describe('values', () => {
  test('a variable wins over the file', () => {
    const files = { 'ansible.cfg': '[defaults]\nforks = 7\n' };
    expect(read({ files }).number('forks')).toBe(7);
    expect(read({ files, env: { ANSIBLE_FORKS: '9' } }).number('forks')).toBe(9);
  });

  test('relative paths start where the file is, those of variables here; ~ and $NAME are expanded', () => {
    const files = { '/etc/ansible/ansible.cfg': '[defaults]\nroles_path = ./r:~/q:$TOP/p\ninventory = a.ini, b\n' };
    const settings = read({ files, env: { TOP: '/top', ANSIBLE_PRIVATE_KEY_FILE: 'k' } });
    expect(settings.paths('roles_path', ':')).toEqual(['/etc/ansible/r', '/home/me/q', '/top/p']);
    expect(settings.paths('inventory', ',')).toEqual(['/etc/ansible/a.ini', '/etc/ansible/b']);
    expect(settings.path('private_key_file')).toBe('/w/k');
  });

  test.each([
    ['ANSIBLE_FORKS', 'many', 'forks', 'a whole number'],
    ['ANSIBLE_BECOME', 'perhaps', 'become', 'yes or no'],
  ])('%s=%s is refused by its name', (name, value, setting, why) => {
    const settings = read({ env: { [name]: value } });
    expect(() => (setting === 'forks' ? settings.number(setting) : settings.flag(setting))).toThrow(
      `${name}: ${value}`,
    );
    expect(why).toBeDefined();
  });
});

describe('what would change results is refused by name', () => {
  test.each([
    ['error_on_undefined_vars = False', 'error_on_undefined_vars', 'False'],
    ['private_role_vars = yes', 'private_role_vars', 'yes'],
    ['precedence = all_inventory', 'precedence', 'all_inventory'],
    ['allow_unsafe_lookups = yes', 'allow_unsafe_lookups', 'yes'],
    ['vars_plugins = ./vars', 'vars_plugins', './vars'],
    ['jinja2_extensions = jinja2.ext.i18n', 'jinja2_extensions', 'jinja2.ext.i18n'],
  ])('%s', (line, key, value) => {
    const [said, second] = refusalsOf({ files: { 'ansible.cfg': `[defaults]\n${line}\n` } });
    expect(said).toContain(`/w/ansible.cfg:2: ${key} in /w/ansible.cfg: ${value} is not supported`);
    expect(second).toBeUndefined();
  });

  test('in the environment likewise, and everything at once', () => {
    expect(refusalsOf({ env: { ANSIBLE_PRECEDENCE: 'all_inventory', ANSIBLE_PRIVATE_ROLE_VARS: '1' } })).toHaveLength(
      2,
    );
  });

  test('the value that means what is done anyway is fine', () => {
    const text = '[defaults]\nvars_plugins_enabled = host_group_vars\nprivate_role_vars = false\n';
    expect(refusalsOf({ files: { 'ansible.cfg': text } })).toEqual([]);
  });

  test('every setting that is refused has a value that is not', () => {
    const values = [
      '',
      'no',
      'yes',
      'smart',
      'replace',
      'top',
      'never',
      'warning',
      'sudo',
      'ssh',
      'Ansible managed',
      'host_group_vars',
      '.yml,.yaml,.json',
    ];
    for (const { name, treatment } of table) {
      if (treatment.kind !== 'refused') continue;
      const accepted = values.filter((value) => treatment.unless(value));
      expect([name, accepted.length > 0, accepted.length < values.length]).toEqual([name, true, true]);
    }
  });
});

test('what has no effect is noted, one line each, with the reason', () => {
  const files = {
    'ansible.cfg':
      '[defaults]\naction_plugins = ./x\nnonsense = 1\n[colors]\nok = red\n[ssh_connection]\npipelining = True\n',
  };
  expect(read({ files, env: { ANSIBLE_NOCOWS: '1', ANSIBLE_WHATEVER: '1', ANSIBLE_COLOR_OK: 'red' } }).notes).toEqual([
    'nonsense in /w/ansible.cfg has no effect: no [defaults] nonsense is known',
    'ok in /w/ansible.cfg has no effect: it concerns the display only',
    'action_plugins in /w/ansible.cfg has no effect: plugins of this kind are not run; what they would bring is missed by name where it is used',
    'pipelining in /w/ansible.cfg has no effect: tasks are always pipelined',
    'ANSIBLE_NOCOWS has no effect: there are no cows',
    'ANSIBLE_WHATEVER has no effect: no such variable is known',
    'ANSIBLE_COLOR_OK has no effect: it concerns the display only',
  ]);
});

describe('the command line', () => {
  const flags: RunFlags = {
    inventory: [],
    limit: [],
    extraVars: [],
    become: false,
    askPass: false,
    askBecomePass: false,
    verbose: 0,
    vaultId: [],
    vaultPasswordFile: [],
    askVaultPassword: false,
    check: false,
    diff: false,
    detailedExitcode: false,
    tags: [],
    skipTags: [],
    listTasks: false,
    listHosts: false,
    listTags: false,
    profile: false,
    forceHandlers: false,
  };
  const text = `[defaults]
inventory = hosts
forks = 3
remote_user = deploy
remote_port = 2222
private_key_file = keys/id
host_key_checking = False
timeout = 33
force_handlers = True
verbosity = 2
[privilege_escalation]
become = True
become_user = admin
become_ask_pass = True
[ssh_connection]
ssh_args = -o ControlMaster=auto
ssh_common_args = -J bastion
[tags]
run = a,b
skip = c
[diff]
always = yes
`;
  const settings = read({ files: { 'ansible.cfg': text } });

  test('what it does not say, the file does', () => {
    const { settings: _, ...applied } = withRunSettings(flags, settings);
    expect(applied).toEqual({
      ...flags,
      inventory: ['/w/hosts'],
      forks: 3,
      user: 'deploy',
      port: 2222,
      privateKey: '/w/keys/id',
      hostKeyChecking: 'off',
      timeout: 33,
      forceHandlers: true,
      verbose: 2,
      become: true,
      becomeUser: 'admin',
      askBecomePass: true,
      sshCommonArgs: '-o ControlMaster=auto -J bastion',
      tags: ['a', 'b'],
      skipTags: ['c'],
      diff: true,
    });
  });

  test('what it says counts', () => {
    const own: Partial<ConnectionFlags & RunFlags> = {
      inventory: ['x,'],
      forks: 1,
      user: 'me',
      privateKey: 'k',
      hostKeyChecking: 'strict',
      timeout: 5,
      becomeUser: 'root',
      sshCommonArgs: '-J other',
      tags: ['z'],
    };
    const applied = withRunSettings({ ...flags, ...own }, settings);
    expect(applied).toMatchObject({ ...own, sshCommonArgs: '-o ControlMaster=auto -J other' });
  });

  test.each([
    ['smart', undefined],
    ['paramiko', 'ssh'],
    ['local', 'local'],
  ])('transport %s', (name, connection) => {
    expect(withRunSettings(flags, read({ env: { ANSIBLE_TRANSPORT: name } })).connection).toBe(connection);
  });

  test.each([
    ['ANSIBLE_TRANSPORT', 'winrm'],
    ['ANSIBLE_BECOME_METHOD', 'doas'],
  ])('%s=%s is refused', (name, value) => {
    expect(() => withRunSettings(flags, read({ env: { [name]: value } }))).toThrow(`${name}: ${value}`);
  });
});

describe('plays', () => {
  test.each([
    [{}, { playDefaults: { strategy: 'linear' }, keywordDefaults: {} }],
    [{ ANSIBLE_STRATEGY: 'free' }, { playDefaults: { strategy: 'free' }, keywordDefaults: {} }],
    [{ ANSIBLE_STRATEGY: 'mitogen_free' }, { playDefaults: { strategy: 'free' }, keywordDefaults: {} }],
    [{ ANSIBLE_GATHERING: 'smart' }, { playDefaults: { strategy: 'linear' }, keywordDefaults: {} }],
    [
      { ANSIBLE_GATHERING: 'explicit', ANSIBLE_GATHER_SUBSET: '!all,min', ANSIBLE_GATHER_TIMEOUT: '4' },
      {
        playDefaults: { strategy: 'linear', gatherFacts: false, gatherSubset: ['!all', 'min'], gatherTimeout: 4 },
        keywordDefaults: {},
      },
    ],
    [
      { ANSIBLE_ANY_ERRORS_FATAL: '1', ANSIBLE_NO_LOG: 'yes', ANSIBLE_TASK_TIMEOUT: '30' },
      { playDefaults: { strategy: 'linear' }, keywordDefaults: { anyErrorsFatal: true, noLog: true, timeout: 30 } },
    ],
  ])('%j holds where a play says nothing', (env, expected) => {
    expect(playDefaults(read({ env: env as Record<string, string> }), 'linear')).toEqual(expected);
  });

  test.each([
    ['ANSIBLE_STRATEGY', 'clever'],
    ['ANSIBLE_GATHERING', 'never'],
  ])('%s=%s is refused', (name, value) => {
    expect(() => playDefaults(read({ env: { [name]: value } }))).toThrow(`${name}: ${value}`);
  });
});
