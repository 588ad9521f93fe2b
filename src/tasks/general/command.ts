import { joinScripts, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { flag, list, path, text } from '../parameters.js';
import { defineTask, type Interpretation, program, type Report } from '../task.js';
import { splitWords } from '../words.js';

const strip = (output: string): string => output.replace(/[\r\n]+$/, '');

/** The fields that every command-like task registers, as Ansible names them. */
function commandResult(report: Report, cmd: string | string[], options: { strip: boolean }): Mapping {
  const trim = options.strip ? strip : (output: string) => output;
  const stdout = trim(report.text('stdout') ?? '');
  const stderr = trim(report.text('stderr') ?? '');
  const rc = Number(report.text('rc') ?? 0);
  const skipped = report.text('skipped');
  return {
    cmd,
    stdout: skipped ?? stdout,
    stdout_lines: (skipped ?? stdout).split('\n').filter((line, i, all) => line !== '' || i < all.length - 1),
    stderr,
    stderr_lines: stderr.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1),
    rc,
    ...(rc !== 0 && { msg: 'non-zero return code' }),
    ...(skipped !== undefined && { msg: `Did not run command since ${skipped.replace(/^skipped, since /, '')}` }),
  };
}

/** `interpret` of every command-like task. */
export const interpretCommand = (report: Report, cmd: string | string[], strip: boolean): Interpretation =>
  report.text('rc') === undefined && report.text('skipped') === undefined
    ? { result: { cmd, ...failure(report) }, incomplete: true }
    : { result: commandResult(report, cmd, { strip }) };

const failure = (report: Report): Mapping => {
  const msg = report.text('msg');
  return msg === undefined ? {} : { msg };
};

export const commandParameters = {
  chdir: path('Directory to run the command in.'),
  creates: path('A file or glob; where it exists the command is not run.'),
  removes: path('A file or glob; where it does not exist the command is not run.'),
  stdin: text('What the command reads from its standard input.'),
  stdin_add_newline: flag('Whether a newline is added to stdin.', { default: true }),
  strip_empty_ends: flag('Whether newlines at the end of the output are taken away.', { default: true }),
} as const;

interface CommandOptions {
  chdir: string | undefined;
  creates: string | undefined;
  removes: string | undefined;
  stdin: string | undefined;
  stdin_add_newline: boolean;
}

/** The program of every command-like task: guards first, then the words, run with their streams reported. */
export function commandProgram(words: readonly string[], options: CommandOptions, checkMode: boolean) {
  if (checkMode && options.creates === undefined && options.removes === undefined) {
    const msg = 'Command would have run if not in check mode';
    return { status: 'skipped', result: { msg }, incomplete: true } as const;
  }
  const guard = (name: string, condition: 'exists' | 'does not exist') => {
    const absent = condition === 'exists' ? sh`` : sh`! `;
    // An unquoted expansion with IFS empty: only the glob acts, and what it matches is never split.
    return sh`
kp_old=$IFS; IFS=
set -- ${name}
IFS=; set -- $1
IFS=$kp_old
if ${absent}{ [ -e "$1" ] || [ -L "$1" ]; }; then
  kp_set skipped ${`skipped, since ${name} ${condition}`}
  return 0
fi`;
  };
  return program(
    joinScripts([
      options.chdir !== undefined &&
        sh`kp_home=$PWD; cd ${options.chdir} || { kp_fail ${`cannot enter ${options.chdir}`}; return 1; }`,
      options.creates !== undefined && guard(options.creates, 'exists'),
      options.removes !== undefined && guard(options.removes, 'does not exist'),
      options.chdir !== undefined && sh`cd "$kp_home"`,
      sh`if kp_apply; then`,
      options.stdin !== undefined && sh`kp_stdin=${options.stdin + (options.stdin_add_newline ? '\n' : '')}`,
      sh`kp_stream ${options.chdir ?? ''} ${words}`,
      sh`fi`,
    ]),
  );
}

export const command = defineTask({
  name: 'command',
  summary: 'Runs a program, without a shell.',
  description: 'Variables, pipes and redirections are not interpreted; use `shell` for those.',
  parameters: {
    cmd: text('The command line, split into words as a shell would.'),
    argv: list('The command as a list of words, taken as they are.'),
    ...commandParameters,
  },
  freeForm: 'cmd',
  exactlyOne: [['cmd', 'argv']],
  returns: {
    cmd: 'the words that were run',
    stdout: 'standard output',
    stdout_lines: 'its lines',
    stderr: 'standard error',
    stderr_lines: 'its lines',
    rc: 'exit code',
  },
  example: `- name: Initialise the database once
  command: /usr/bin/make-database db_name
  args:
    creates: /var/lib/database`,
  inCheckMode: 'predicts',
  repeatable: false,
  compile: (args, context) => commandProgram(args.argv ?? splitWords(args.cmd ?? ''), args, context.checkMode),
  interpret: (report, args) =>
    interpretCommand(report, [...(args.argv ?? splitWords(args.cmd ?? ''))], args.strip_empty_ends),
});
