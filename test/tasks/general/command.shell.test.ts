import { command } from '../../../src/tasks/general/command.js';
import { raw } from '../../../src/tasks/general/raw.js';
import { script } from '../../../src/tasks/general/script.js';
import { shell } from '../../../src/tasks/general/shell.js';
import { proveTaskCases, type TaskCase } from '../../support/task-cases.js';

const always = { again: 'changed', check: 'skipped' } as const;
const run = (
  name: string,
  args: TaskCase['args'],
  result: TaskCase['result'],
  extra: Partial<TaskCase> = {},
): TaskCase => ({
  name,
  args,
  ...(result && { result }),
  ...always,
  ...extra,
});

proveTaskCases(command, [
  run(
    'words, exit code and output',
    { cmd: "printf '%s\\n' 'a b' c" },
    { rc: 0, stdout: 'a b\nc', stdout_lines: ['a b', 'c'], stderr: '', cmd: ['printf', '%s\\n', 'a b', 'c'] },
  ),
  run('a list of words', { argv: ['echo', '$(id)', '*', ';'] }, { stdout: '$(id) * ;' }),
  run(
    'variables and ~ are filled in',
    { cmd: 'echo $HOME ${HOME}/x ~ ~root/y $NOT_THERE a~' },
    { stdout: `${process.env.HOME} ${process.env.HOME}/x ${process.env.HOME} /root/y $NOT_THERE a~` },
  ),
  run('or not', { cmd: 'echo $HOME ~', expand_argument_vars: false }, { stdout: '$HOME ~' }),
  run('standard input with a newline', { cmd: 'cat', stdin: 'a', strip_empty_ends: false }, { stdout: 'a\n' }),
  run(
    'standard input without',
    { cmd: 'cat', stdin: 'a', stdin_add_newline: false, strip_empty_ends: false },
    { stdout: 'a' },
  ),
  run('a directory', { cmd: 'pwd', chdir: '{dir}' }, { stdout: '{dir}' }),
  run(
    'a failure',
    { cmd: "sh -c 'echo no >&2; exit 3'" },
    { rc: 3, stderr: 'no', msg: 'non-zero return code' },
    { status: 'failed', again: 'failed' },
  ),
  run(
    'a program that is not there',
    { cmd: 'no-such-program x' },
    { rc: 2, msg: "[Errno 2] No such file or directory: b'no-such-program'" },
    { status: 'failed', again: 'failed' },
  ),
  run('a shell built-in is no program', { cmd: 'cd /' }, { rc: 2 }, { status: 'failed', again: 'failed' }),
  run(
    'a program by its path in chdir',
    { cmd: './x', chdir: '{dir}' },
    { stdout: 'ran' },
    { files: { x: { content: '#!/bin/sh\necho ran\n', mode: 0o755 } } },
  ),
  run(
    'no words',
    { cmd: ' ' },
    { msg: 'no command given', rc: 256 },
    { status: 'failed', again: 'failed', check: 'failed', roundTrips: 0 },
  ),
  run('a directory that is not there', { cmd: 'pwd', chdir: '{dir}/no' }, {}, { status: 'failed', again: 'failed' }),
  {
    name: 'creates: what exists is not made again',
    args: { cmd: 'touch {dir}/f', creates: '{dir}/f' },
    files: { f: '' },
    status: 'ok',
    result: { rc: 0, stdout: 'skipped, since {dir}/f exists', msg: "Did not run command since '{dir}/f' exists" },
  },
  {
    name: 'creates: what is missing is made once',
    args: { cmd: 'touch {dir}/f', creates: '{dir}/f' },
    after: { f: '' },
  },
  {
    name: 'creates: a glob, in chdir',
    args: { cmd: 'touch x', creates: '*.conf', chdir: '{dir}' },
    files: { 'a b.conf': '' },
    status: 'ok',
    after: { x: undefined },
  },
  {
    name: 'removes: only what is there',
    args: { cmd: 'rm {dir}/f', removes: '{dir}/f' },
    files: { f: '' },
    after: { f: undefined },
  },
]);

proveTaskCases(shell, [
  run(
    'a pipe',
    { cmd: 'echo a b | tr a-z A-Z; echo "$0"' },
    { stdout: 'A B\n/bin/sh', cmd: 'echo a b | tr a-z A-Z; echo "$0"' },
  ),
  run('another shell', { cmd: 'echo ${BASH_VERSION:+bash}', executable: '/bin/bash' }, { stdout: 'bash' }),
  run('its exit code', { cmd: 'exit 4' }, { rc: 4 }, { status: 'failed', again: 'failed' }),
]);

proveTaskCases(raw, [run('a command line', { free_form: 'echo a | cat' }, { stdout: 'a\n', rc: 0 })]);

const elsewhere = (content: string | Uint8Array, mode = 0o644) => ({ files: { 's/a script.sh': { content, mode } } });
const call = "'{dir}/s/a script.sh'";
proveTaskCases(script, [
  run(
    'a script and its arguments',
    { cmd: `${call} 'a b' $HOME` },
    { stdout: `<a b><${process.env.HOME}>`, rc: 0 },
    elsewhere('printf "<%s>" "$@"'),
  ),
  run(
    'in the language of its first line',
    { cmd: call },
    { stdout: 'bash' },
    elsewhere('#!/usr/bin/env bash\nprintf %s ${BASH_VERSION:+bash}'),
  ),
  run(
    'with what runs it',
    { cmd: `${call} x`, executable: '/bin/cat' },
    { rc: 1 },
    { ...elsewhere('exit 3'), status: 'failed', again: 'failed' },
  ),
  run('its exit code', { cmd: call }, { rc: 3 }, { ...elsewhere('exit 3'), status: 'failed', again: 'failed' }),
  run(
    'a large one',
    { cmd: call },
    { stdout: 'done\n' },
    { ...elsewhere(`${'# x\n'.repeat(20_000)}echo done`), roundTrips: 2 },
  ),
  run('in a directory', { cmd: call, chdir: '{dir}' }, { stdout: '{dir}\n' }, elsewhere('pwd')),
  {
    name: 'creates skips it',
    args: { cmd: call, creates: '{dir}/s' },
    ...elsewhere('exit 1'),
    status: 'skipped',
  },
]);
