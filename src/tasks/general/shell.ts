import { path, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { command, commandParameters, commandProgram, interpretCommand } from './command.js';
import { shellExecutable } from './shell-executable.js';

export const shell = defineTask({
  name: 'shell',
  summary: 'Runs a command line through a shell on the host.',
  parameters: {
    cmd: text('The command line.', { required: true }),
    executable: path('The shell that runs it, an absolute path; default ansible_shell_executable, else /bin/sh.'),
    ...commandParameters,
  },
  freeForm: 'cmd',
  returns: command.returns,
  example: `- name: Free space of the root file system
  shell: df -Pk / | awk 'NR == 2 {print $4}'
  register: free_kb
  changed_when: false`,
  inCheckMode: 'predicts',
  repeatable: false,
  compile: (args, context) =>
    commandProgram([args.executable ?? shellExecutable(context), '-c', args.cmd], args, context.checkMode),
  interpret: (report, args) => interpretCommand(report, args.cmd, args.strip_empty_ends),
});
