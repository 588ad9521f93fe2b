import { blockinfile } from '../../../src/tasks/general/blockinfile.js';
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
  args: { path: '{dir}/f', marker: '# {mark}', ...args },
  status: before === after ? 'ok' : 'changed',
  after: { f: after },
  modes: { f: '0640' },
  ...(before !== after && { diff: { before, after } }),
  ...extra,
});
const inserted = { result: { msg: 'Block inserted' } };

proveTaskCases(blockinfile, [
  row('a block goes to the end', 'a\n', { block: 'x\ny' }, 'a\n# BEGIN\nx\ny\n# END\n', inserted),
  row('a last line without newline gets one', 'a', { block: 'x\n' }, 'a\n# BEGIN\nx\n# END\n', inserted),
  row('a block that is there stays', 'a\n# BEGIN\nx\n# END\nb\n', { block: 'x' }, 'a\n# BEGIN\nx\n# END\nb\n', {
    result: { msg: '' },
  }),
  row(
    'a block is replaced in its place',
    'a\n# BEGIN\nx\n# END\nb\n',
    { block: 'y' },
    'a\n# BEGIN\ny\n# END\nb\n',
    inserted,
  ),
  row(
    'markers the wrong way round',
    'a\n# END\nx\n# BEGIN\nb\n',
    { block: 'y' },
    'a\n# BEGIN\ny\n# END\nb\n',
    inserted,
  ),
  row('absent removes it', 'a\n# BEGIN\nx\n# END\nb\n', { state: 'absent' }, 'a\nb\n', {
    result: { msg: 'Block removed' },
  }),
  row('an empty block removes it', 'a\n# BEGIN\nx\n# END\n', { block: '' }, 'a\n', {
    result: { msg: 'Block removed' },
  }),
  row('nothing to remove', 'a\n', { state: 'absent' }, 'a\n', { result: { msg: '' } }),
  row('insertbefore BOF', 'a\n', { block: 'x', insertbefore: 'BOF' }, '# BEGIN\nx\n# END\na\n', inserted),
  row(
    'insertafter an expression',
    'a1\na2\nb\n',
    { block: 'x', insertafter: '^a' },
    'a1\na2\n# BEGIN\nx\n# END\nb\n',
    inserted,
  ),
  row(
    'insertbefore an expression',
    'a1\na2\nb\n',
    { block: 'x', insertbefore: '^a' },
    'a1\n# BEGIN\nx\n# END\na2\nb\n',
    inserted,
  ),
  row(
    'an expression that awk does not have',
    'ab\na\nb\n',
    { block: 'x', insertafter: '^a\\b' },
    'ab\na\n# BEGIN\nx\n# END\nb\n',
    {
      ...inserted,
      roundTrips: 2,
    },
  ),
  row(
    'blank lines around',
    'a\nb\n',
    { block: 'x', insertafter: 'a', append_newline: true, prepend_newline: true },
    'a\n\n# BEGIN\nx\n# END\n\nb\n',
  ),
  row(
    'other markers',
    'a\n',
    { block: 'x', marker: '<!-- {mark} $HOME -->', marker_begin: 'A', marker_end: 'Z' },
    'a\n<!-- A $HOME -->\nx\n<!-- Z $HOME -->\n',
  ),
  row('any text in a block', 'a\n', { block: `'"$(id)\` %d \\n & ä` }, `a\n# BEGIN\n'"$(id)\` %d \\n & ä\n# END\n`),
  row(
    'a block too large for an environment variable',
    'a\n',
    { block: 'x'.repeat(200_000) },
    `a\n# BEGIN\n${'x'.repeat(200_000)}\n# END\n`,
    {
      roundTrips: 2,
      diff: { before: 'a\n', after: '(200017 bytes, too large to be shown)\n' },
    },
  ),
  {
    name: 'create makes the file',
    args: { path: '{dir}/f', block: 'x', create: true },
    after: { f: '# BEGIN ANSIBLE MANAGED BLOCK\nx\n# END ANSIBLE MANAGED BLOCK\n' },
    result: { msg: 'File created' },
  },
  {
    name: 'a file that is not there is a failure, and unknown in check mode',
    args: { path: '{dir}/f', block: 'b' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'Path {dir}/f does not exist !', rc: 257 },
  },
  {
    name: 'nothing is to be removed from a file that is not there',
    args: { path: '{dir}/f', state: 'absent' },
    status: 'ok',
    result: { msg: 'File {dir}/f not present' },
  },
]);
