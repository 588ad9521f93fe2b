import { path, text } from '../parameters.js';
import { defineTask, type Interpretation } from '../task.js';
import { command, commandProgram, interpretCommand } from './command.js';
import { shellExecutable } from './shell-executable.js';

export const raw = defineTask({
  name: 'raw',
  summary: 'Runs a command line as it is.',
  parameters: {
    free_form: text('The command line.', { required: true, aliases: ['cmd'] }),
    executable: path('The shell that runs it, an absolute path; default ansible_shell_executable, else /bin/sh.'),
  },
  freeForm: 'free_form',
  returns: command.returns,
  example: '- raw: uname -r',
  inCheckMode: 'skips',
  repeatable: false,
  compile: (args, context) =>
    commandProgram([args.executable ?? shellExecutable(context), '-c', args.free_form], {}, context.checkMode),
  interpret: (report, args): Interpretation => {
    const { result, ...rest } = interpretCommand(report, args.free_form, false);
    return { ...rest, result: Object.fromEntries(Object.entries(result ?? {}).filter(([name]) => name !== 'cmd')) };
  },
});
