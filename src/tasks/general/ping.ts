import { sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { text } from '../parameters.js';
import { defineTask, program } from '../task.js';

/** What Ansible makes of a module that raises an exception. */
const crashed: Mapping = {
  module_stdout: '',
  module_stderr: 'Exception: boom\n',
  msg: 'MODULE FAILURE\nSee stdout/stderr for the exact error',
  rc: 1,
};

export const ping = defineTask({
  name: 'ping',
  summary: 'Proves that the host can be reached, logged in to and run programs on.',
  parameters: { data: text('What is to come back; crash makes it fail.', { default: 'pong' }) },
  returns: { ping: 'the data' },
  example: '- ping:',
  inCheckMode: 'predicts',
  compile: (args) =>
    program(args.data === 'crash' ? sh`kp_fail boom` : sh`kp_set ping "$(printf %s ${args.data}; echo x)"`),
  interpret: (report) =>
    report.status === 'failed'
      ? { result: crashed }
      : { result: { ping: (report.text('ping') ?? '').replace(/x$/, '') } },
});
