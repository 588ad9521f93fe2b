import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kprov } from '../support/kprov.js';

test.each([
  [
    'the task and its arguments',
    ['-m', 'debug', '-a', 'msg=hello'],
    0,
    /^localhost \| SUCCESS => \{[^}]*"msg": "hello"\n\}\n$/,
  ],
  ['arguments in JSON', ['-m', 'debug', '-a', '{"msg": "a b"}'], 0, /"msg": "a b"/],
  ['a command by default, with what it printed', ['-a', 'echo hi'], 0, /^localhost \| CHANGED \| rc=0 >>\nhi\n$/],
  ['a failure', ['-m', 'fail', '-a', 'msg=no'], 2, /^localhost \| FAILED! => \{/],
])(
  'kprov adhoc reads like ansible: %s',
  async (_, args, code, shown) => {
    const run = await kprov(['adhoc', 'localhost', '-c', 'local', ...args]);
    expect({ code: run.code, shown: run.stdout }).toEqual({ code, shown: expect.stringMatching(shown) });
  },
  60_000,
);

const which = 'echo ${BASH_VERSION:+bash}';

test.each([
  ['the setting executable', { ANSIBLE_EXECUTABLE: '/bin/bash' }, [], 'bash'],
  [
    'ansible_shell_executable, before the setting',
    { ANSIBLE_EXECUTABLE: '/bin/sh' },
    ['-e', 'ansible_shell_executable=/bin/bash'],
    'bash',
  ],
  [
    'the task, before both',
    { ANSIBLE_EXECUTABLE: '/bin/bash' },
    ['-e', 'ansible_shell_executable=/bin/bash', 'executable=/bin/dash'],
    '',
  ],
  ['nobody', {}, [], ''],
])(
  'the shell of a command line is named by %s',
  async (_, env, more, shown) => {
    const [words, options] = [
      more.filter((word) => word.startsWith('executable')),
      more.filter((word) => !word.startsWith('executable')),
    ];
    for (const module of ['shell', 'raw']) {
      const args = ['-m', module, '-a', [...words, which].join(' '), ...options];
      const run = await kprov(['adhoc', 'localhost', '-c', 'local', ...args], {
        env: { ANSIBLE_CONFIG: '/dev/null', ...env },
      });
      expect(run.stdout.trim().split('\n')).toEqual([
        'localhost | CHANGED | rc=0 >>',
        ...(shown === '' ? [] : [shown]),
      ]);
    }
  },
  60_000,
);

test('without -m and -a the settings module_name and module_args say what is done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-adhoc-'));
  try {
    const config = join(folder, 'ansible.cfg');
    writeFileSync(config, '[defaults]\nmodule_name = debug\nmodule_args = msg=mine\n');
    const env = { ANSIBLE_CONFIG: config };
    const run = (...args: string[]) => kprov(['adhoc', 'localhost', '-c', 'local', ...args], { env });
    expect((await run()).stdout).toContain('"msg": "mine"');
    expect((await run('-m', 'command', '-a', 'echo other')).stdout).toContain('>>\nother\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
