import { lineinfile } from '../../../src/tasks/general/lineinfile.js';
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
  ...(before !== after && { diff: { before, after } }),
  ...extra,
});

const added = { result: { msg: 'line added' } };
const replaced = { result: { msg: 'line replaced' } };

proveTaskCases(lineinfile, [
  row('a line that is not there is added at the end', 'a\n', { line: 'b' }, 'a\nb\n', added),
  row('a line that is there stays', 'a\nb\n', { line: 'a' }, 'a\nb\n', { result: { msg: '' } }),
  row('lines that look like equal numbers are different', '1.0\n', { line: '1' }, '1.0\n1\n', added),
  row('a last line without newline gets one', 'a', { line: 'b' }, 'a\nb\n', added),
  row('a line that only lacks its newline gets it', 'a\nb', { line: 'b' }, 'a\nb\n', replaced),
  row('an empty file', '', { line: 'b' }, 'b\n', added),
  row(
    'the last line that matches is replaced',
    'x=1\ny\nx=2\n',
    { regexp: '^x=', line: 'x=3' },
    'x=1\ny\nx=3\n',
    replaced,
  ),
  row(
    'the first one with firstmatch',
    'x=1\ny\nx=2\n',
    { regexp: '^x=', line: 'x=3', firstmatch: true },
    'x=3\ny\nx=2\n',
    replaced,
  ),
  row('an expression that matches nothing adds', 'a\n', { regexp: '^x=', line: 'x=3' }, 'a\nx=3\n', added),
  row(
    'white space and options',
    ' # Port  22\n',
    { regexp: '^\\s*#?\\s*Port\\s+\\d{1,5}$', line: 'Port 1' },
    'Port 1\n',
  ),
  row('white space matches the newline as in Python', 'foo\n', { regexp: '^foo\\s', line: 'bar' }, 'bar\n'),
  row('no newline, no white space', 'foo', { regexp: '^foo\\s', line: 'bar' }, 'foo\nbar\n', { again: 'changed' }),
  row('letters of either case', 'PORT 22\n', { regexp: '(?i)^port ', line: 'Port 1' }, 'Port 1\n'),
  row(
    'special characters are literal where escaped',
    'a.b[c]{2}^$|\\/\n',
    { regexp: '^a\\.b\\[c\\]\\{2\\}\\^\\$\\|\\\\/$', line: 'z' },
    'z\n',
  ),
  row('sets with brackets, carets and dashes', ']-^[\\\n', { regexp: '^[]][-][\\^][[][\\\\]$', line: 'z' }, 'z\n'),
  row('a word boundary needs the second way', 'foo bar\nfoobar\n', { regexp: '^foo\\b', line: 'z' }, 'z\nfoobar\n', {
    ...replaced,
    roundTrips: 2,
  }),
  row('look-ahead needs the second way', 'a1\na2\n', { regexp: 'a(?!2)', line: 'z' }, 'z\na2\n', {
    ...replaced,
    roundTrips: 2,
  }),
  row('unchanged, the second way costs one round trip', 'z\n', { regexp: '^z\\b', line: 'z' }, 'z\n', {
    roundTrips: 1,
  }),
  row(
    'back references',
    'opts -Xms256m x\n',
    { regexp: '^(.*)Xms(?P<size>\\d+)m(.*)$', line: '\\1Xms\\g<size>0m\\3', backrefs: true },
    'opts -Xms2560m x\n',
    { ...replaced, roundTrips: 2, again: 'changed' },
  ),
  row('back references without a match do nothing', 'a\n', { regexp: '^(b)', line: '\\1', backrefs: true }, 'a\n'),
  row('search_string is literal', 'a.c\nabc\n', { search_string: 'a.c', line: 'z' }, 'z\nabc\n', replaced),
  row('insertafter BOF', 'a\nb\n', { line: 'z', insertafter: 'BOF' }, 'z\na\nb\n', added),
  row('insertbefore BOF', 'a\nb', { line: 'z', insertbefore: 'BOF' }, 'z\na\nb', added),
  row(
    'insertafter an expression: after the last',
    'a1\nb\na2\nc\n',
    { line: 'z', insertafter: '^a' },
    'a1\nb\na2\nz\nc\n',
    added,
  ),
  row('insertafter the last line', 'a\nb', { line: 'z', insertafter: '^b' }, 'a\nb\nz\n', added),
  row('insertbefore an expression', 'a\nb\n', { line: 'z', insertbefore: '^b' }, 'a\nz\nb\n', added),
  row('insertbefore the first', 'b1\nb2\n', { line: 'z', insertbefore: '^b', firstmatch: true }, 'z\nb1\nb2\n', added),
  row('insertafter that matches nothing adds at the end', 'a\n', { line: 'z', insertafter: 'q' }, 'a\nz\n', added),
  row('absent removes the exact line', 'a\nb\na\n', { line: 'a', state: 'absent' }, 'b\n', {
    result: { msg: '2 line(s) removed', found: 2 },
  }),
  row('absent removes what matches', 'a1\nb\na2', { regexp: '^a\\d', state: 'absent' }, 'b\n'),
  row('absent by literal text', 'a.c\nabc\n', { search_string: 'a.', state: 'absent' }, 'abc\n'),
  row('absent finds nothing', 'a\n', { regexp: '^b', state: 'absent' }, 'a\n', { result: { found: 0 } }),
  row('the mode is brought about as well', 'a\n', { line: 'b', mode: '0600' }, 'a\nb\n', { modes: { f: '0600' } }),
  row('a validation that fails keeps the old file', 'a\n', { line: 'b', validate: 'grep -c q %s' }, 'a\n', {
    status: 'failed',
    check: 'changed',
  }),
  row('the mode alone', 'a\n', { line: 'a', mode: '0600' }, 'a\n', {
    status: 'changed',
    modes: { f: '0600' },
    result: { msg: 'ownership, perms or SE linux context changed' },
  }),
  row('the mode alone, the second way', 'z\n', { regexp: '^z\\b', line: 'z', mode: '0600' }, 'z\n', {
    status: 'changed',
    modes: { f: '0600' },
    result: { msg: 'ownership, perms or SE linux context changed' },
  }),
  row('bytes that are not ASCII', 'ä=1\nö\n', { regexp: '^ä=', line: 'ä=€' }, 'ä=€\nö\n'),
  row(
    'quotes, dollars and percent signs are only text',
    'a\n',
    { line: `'"$HOME" \`id\` %s \\n & \\1` },
    `a\n'"$HOME" \`id\` %s \\n & \\1\n`,
  ),
  row('a backup', 'a\n', { line: 'b', backup: true }, 'a\nb\n', { result: { backup: expect.stringContaining('/f.') } }),
  {
    name: 'a link is followed',
    files: { t: 'a\n', l: { link: 't' } },
    args: { path: '{dir}/l', line: 'b' },
    after: { t: 'a\nb\n', l: '-> t' },
  },
  {
    name: 'create makes the file and its directory',
    args: { path: '{dir}/d/f', line: 'b', create: true, mode: '0600' },
    after: { 'd/f': 'b\n' },
    modes: { 'd/f': '0600' },
  },
  {
    name: 'a file that is not there is a failure, and unknown in check mode',
    args: { path: '{dir}/f', line: 'b' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'Destination {dir}/f does not exist !', rc: 257 },
  },
  {
    name: 'nothing is to be removed from a file that is not there',
    args: { path: '{dir}/f', line: 'b', state: 'absent' },
    status: 'ok',
    result: { msg: 'file not present', found: 0 },
  },
  {
    name: 'a directory is refused',
    args: { path: '{dir}', line: 'b' },
    status: 'failed',
    result: { msg: 'Path {dir} is a directory !', rc: 256 },
  },
  {
    name: 'a binary file is refused',
    files: { f: 'a\0b\n' },
    args: { path: '{dir}/f', line: 'b' },
    status: 'failed',
  },
]);
