import { assemble } from '../../../src/tasks/general/assemble.js';
import { proveTaskCases } from '../../support/task-cases.js';

const fragments = { 'd/10-a': 'a\n', 'd/20-b': 'b', 'd/30-c': 'c\n', 'd/.hidden': 'h\n', 'd/sub/x': 'x' };

proveTaskCases(assemble, [
  {
    name: 'fragments come in the order of their names, each beginning on a line of its own',
    args: { src: '{dir}/d', dest: '{dir}/out', mode: '0640' },
    files: fragments,
    after: { out: 'h\na\nb\nc\n' },
    modes: { out: '0640' },
    diff: { before: '', after: 'h\na\nb\nc\n' },
    result: {
      dest: '{dir}/out',
      src: '{dir}/d',
      msg: 'OK',
      checksum: '232e87759c964b6f5fa495381029a1fdd54bd491',
      md5sum: 'd212b9e297432fd9f9c7e57906d5b63a',
    },
  },
  {
    name: 'hidden fragments are left out where asked, and an existing file is replaced with a diff',
    args: { src: '{dir}/d', dest: '{dir}/out', ignore_hidden: true, backup: true },
    files: { ...fragments, out: 'old\n' },
    after: { out: 'a\nb\nc\n' },
    diff: { before: 'old\n', after: 'a\nb\nc\n' },
    result: { backup_file: expect.stringMatching(/out\..*~$/) },
  },
  {
    name: 'the delimiter stands between fragments only, escapes read as in Python',
    args: { src: '{dir}/d', dest: '{dir}/out', ignore_hidden: true, delimiter: '--\\n#' },
    files: fragments,
    after: { out: 'a\n--\n#\nb\n--\n#\nc\n' },
  },
  {
    name: 'the expression chooses among the names',
    args: { src: '{dir}/d', dest: '{dir}/out', regexp: '^[12]0' },
    files: fragments,
    after: { out: 'a\nb' },
    roundTrips: 2,
  },
  {
    name: 'a file that is as it should be is left alone',
    args: { src: '{dir}/d', dest: '{dir}/out', ignore_hidden: true },
    files: { ...fragments, out: 'a\nb\nc\n' },
    status: 'ok',
  },
  {
    name: 'fragments of the control machine are put together there',
    args: { src: '{dir}/d', dest: '{dir}/out', remote_src: false, delimiter: '#', regexp: '0-' },
    files: fragments,
    after: { out: 'a\n#\nb\n#\nc\n' },
    diff: { before: '', after: 'a\n#\nb\n#\nc\n' },
  },
  {
    name: 'a file that does not pass validation is not put in place',
    args: { src: '{dir}/d', dest: '{dir}/out', validate: 'grep -q nothing %s' },
    files: { ...fragments, out: 'old\n' },
    status: 'failed',
    check: 'changed',
    after: { out: 'old\n' },
  },
  {
    name: 'a source that is not there fails with its name',
    args: { src: '{dir}/none', dest: '{dir}/out' },
    status: 'failed',
    result: { msg: 'Source ({dir}/none) does not exist or is not a directory' },
  },
  {
    name: 'names with spaces, quotes and dashes are fragments like others',
    args: { src: '{dir}/d', dest: '{dir}/out' },
    files: { "d/-n $(id) '": '1\n', 'd/a b': '2\n' },
    after: { out: '1\n2\n' },
  },
]);
