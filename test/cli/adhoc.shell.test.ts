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
