import { replace } from '../../../src/tasks/general/replace.js';
import { proveTaskCases, type TaskCase } from '../../support/task-cases.js';

const row = (
  name: string,
  before: string,
  args: Record<string, string | boolean>,
  after: string,
  extra: Partial<TaskCase> = {},
): TaskCase => ({
  name,
  files: { f: { content: before, mode: 0o640 } },
  args: { path: '{dir}/f', ...args },
  status: before === after ? 'ok' : 'changed',
  after: { f: after },
  modes: { f: '0640' },
  roundTrips: before === after ? 1 : 2,
  ...(before !== after && { diff: { before, after } }),
  ...extra,
});

proveTaskCases(replace, [
  row('every match is replaced', 'a\nba\n', { regexp: 'a', replace: 'x' }, 'x\nbx\n', {
    result: { msg: '2 replacements made' },
  }),
  row('groups', '/dev/sda1 swap swap\n', { regexp: '^([^#].*\\sswap)$', replace: '# \\1' }, '# /dev/sda1 swap swap\n'),
  row('a group between characters', 'ä1ö\n', { regexp: '(?P<n>\\d)', replace: '<\\g<n>>' }, 'ä<1>ö\n', {
    again: 'changed',
  }),
  {
    name: 'a file in another encoding stays in it',
    files: { f: Buffer.from('caf\xe9\n', 'latin1') },
    args: { path: '{dir}/f', regexp: 'é', replace: 'e', encoding: 'latin-1' },
    after: { f: 'cafe\n' },
    roundTrips: 2,
  },
  row('nothing matches', 'a\n', { regexp: 'b' }, 'a\n', { result: { msg: '' } }),
  row('nothing in its place', 'a\n#b\n#c\nd\n', { regexp: '^#.*\\n' }, 'a\nd\n'),
  row('only after', 'x\nb\nx\n', { regexp: 'x', replace: 'y', after: 'b' }, 'x\nb\ny\n'),
  row('only before', 'x\nb\nx\n', { regexp: 'x', replace: 'y', before: 'b' }, 'y\nb\nx\n'),
  row('only between', 'x\n[\nx\n]\nx\n', { regexp: 'x', replace: 'y', after: '\\[', before: '\\]' }, 'x\n[\ny\n]\nx\n'),
  row('the part is not there', 'x\n', { regexp: 'x', replace: 'y', after: 'q' }, 'x\n', {
    result: { msg: 'Pattern for before/after params did not match the given file: q(?P<subsection>.*)' },
  }),
  row('the mode alone', 'a\n', { regexp: 'b', mode: '0600' }, 'a\n', { status: 'changed', modes: { f: '0600' } }),
  {
    name: 'a file that is not there is a failure, and unknown in check mode',
    args: { path: '{dir}/f', regexp: 'b' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'Path {dir}/f does not exist !', rc: 257 },
  },
]);
