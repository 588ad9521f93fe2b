import { joinScripts, quote, Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { flag, list, path, text } from '../parameters.js';
import { defineTask, type Interpretation, type Outcome, type Program, program, type Report } from '../task.js';
import { splitWords } from '../words.js';

const strip = (output: string): string => output.replace(/[\r\n]+$/, '');
const lines = (output: string): string[] =>
  output.split('\n').filter((line, i, all) => line !== '' || i < all.length - 1);

/** The fields that every command-like task registers, as Ansible names them. */
function commandResult(report: Report, cmd: string | string[], options: { strip: boolean }): Mapping {
  const trim = options.strip ? strip : (output: string) => output;
  const skipped = report.text('skipped');
  const stdout = trim(report.text('stdout') ?? (skipped === undefined ? '' : `skipped, since ${skipped}`));
  const stderr = trim(report.text('stderr') ?? '');
  const rc = Number(report.text('rc') ?? 0);
  const msg = report.text('msg') ?? (rc === 0 ? '' : 'non-zero return code');
  return { cmd, stdout, stdout_lines: lines(stdout), stderr, stderr_lines: lines(stderr), rc, msg };
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** Seconds as Python shows them, with the fraction that `to_datetime('%Y-%m-%d %H:%M:%S.%f')` wants. */
const fraction = (seconds: number): string => (seconds % 1).toFixed(6).slice(1);

/** Local time of the host, as Python's datetime: `seconds` since 1970 there. */
const dateOf = (seconds: number): string =>
  `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')}${fraction(seconds)}`;

const spanOf = (seconds: number): string => {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86400);
  const time = `${Math.floor(whole / 3600) % 24}:${twoDigits(Math.floor(whole / 60) % 60)}:${twoDigits(whole % 60)}`;
  return `${days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `}${time}${fraction(seconds)}`;
};

const notRun: Mapping = { start: null, end: null, delta: null };

/**
 * When the command began and ended: the host tells the time once for each conversation (`clock`: seconds, zone, uptime)
 * and its uptime around each command, which costs no process.
 */
function timesOf(report: Report): Mapping {
  const [now = '', zone = '', up = ''] = (report.text('clock') ?? '').split(' ');
  const [begun, ended] = ['begun', 'ended'].map((name) => Number(report.text(name) ?? Number.NaN));
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  const booted = Number.parseFloat(now) + offset - Number(up);
  if (begun === undefined || ended === undefined || !Number.isFinite(booted + begun + ended)) return notRun;
  return { start: dateOf(booted + begun), end: dateOf(booted + ended), delta: spanOf(ended - begun) };
}

/** `interpret` of every command-like task. */
export function interpretCommand(report: Report, cmd: string | string[], stripEnds: boolean): Interpretation {
  if (report.text('rc') !== undefined || report.text('skipped') !== undefined) {
    return { result: { ...commandResult(report, cmd, { strip: stripEnds }), ...timesOf(report) } };
  }
  const msg = report.text('msg') ?? 'Command would have run if not in check mode';
  return { result: { cmd, ...notDone(msg) }, incomplete: true };
}

/** What Ansible registers of a command that a dry run leaves out. */
const notDone = (msg: string): Mapping => ({
  ...{ stdout: '', stdout_lines: [], stderr: '', stderr_lines: [], rc: 0, msg },
  ...notRun,
});

export const commandParameters = {
  chdir: path('Directory to run the command in.'),
  creates: path('A file or glob; where it exists the command is not run.'),
  removes: path('A file or glob; where it does not exist the command is not run.'),
  stdin: text('What the command reads from its standard input.'),
  stdin_add_newline: flag('Whether a newline is added to stdin.', { default: true }),
  strip_empty_ends: flag('Whether newlines at the end of the output are taken away.', { default: true }),
} as const;

interface CommandOptions {
  chdir?: string | undefined;
  creates?: string | undefined;
  removes?: string | undefined;
  stdin?: string | undefined;
  stdin_add_newline?: boolean;
}

/** What stands around the command itself. */
interface Surroundings {
  /** After the guards, before the command; it may return. */
  before?: Script;
  /** After the command, whatever came of it. */
  after?: Script;
}

function guard(name: string, condition: 'exists' | 'does not exist', isCheck: boolean): Script {
  const not = condition === 'exists' ? sh`` : sh`! `;
  const msg = `${isCheck ? 'Would' : 'Did'} not run command since '${name}' ${condition}`;
  // An unquoted expansion with IFS empty: only the glob acts, and what it matches is never split.
  return sh`
kp_old=$IFS; IFS=
set -- ${name}
set -- $1
IFS=$kp_old
if ${not}kp_there "$1"; then
  kp_set skipped ${`${name} ${condition}`}
  kp_set msg ${msg}
  return 0
fi`;
}

const helpers = sh`
kp_there() {
  if kp_foreseen "$1"; then case $kp_value in absent*) return 1 ;; *) return 0 ;; esac; fi
  [ -e "$1" ] || [ -L "$1" ]
}`;

/** The program of every command-like task: guards first, then the words, run with their streams reported. */
export function commandProgram(
  words: readonly string[] | Script,
  options: CommandOptions,
  isCheck: boolean,
  { before, after }: Surroundings = {},
): Program | Outcome {
  if (isCheck && options.creates === undefined && options.removes === undefined) {
    const msg = 'Command would have run if not in check mode';
    return { status: 'skipped', result: notDone(msg), incomplete: true };
  }
  const { chdir, creates, removes, stdin } = options;
  const enter = sh`kp_home=$PWD
if ! cd ${chdir} 2>/dev/null; then
  if [ -n "$kp_dry" ]; then kp_unknown ${`the directory ${chdir} is not there yet`}; return 0; fi
  kp_fail ${`Unable to change directory before execution: cannot enter ${chdir}`}
  return 1
fi`;
  return program(
    joinScripts([
      (creates !== undefined || removes !== undefined) && helpers,
      // The guards' relative names are looked for in chdir; the shell itself must not stay there.
      chdir !== undefined &&
        sh`kp_guards() {
${enter}`,
      creates !== undefined && guard(creates, 'exists', isCheck),
      removes !== undefined && guard(removes, 'does not exist', isCheck),
      chdir !== undefined &&
        sh`return 3
}
kp_guards; kp_rc=$?
cd "$kp_home" || return 1
[ "$kp_rc" = 3 ] || return "$kp_rc"`,
      sh`kp_apply || return 0`,
      before,
      stdin !== undefined && sh`kp_stdin=${stdin + (options.stdin_add_newline === false ? '' : '\n')}`,
      sh`kp_stream ${chdir ?? ''} ${words}`,
      after !== undefined &&
        sh`kp_rc=$?
${after}
return "$kp_rc"`,
    ]),
  );
}

/** Fails as Ansible does where there is no such program. */
const mustExist = (word: Script, chdir: string | undefined): Script => sh`
kp_finds() {
  case $1 in /*) [ -x "$1" ]; return ;; */*) [ -x ${chdir === undefined ? '.' : chdir}/"$1" ]; return ;; esac
  local IFS kp_i
  IFS=:
  for kp_i in $PATH; do [ ! -x "$kp_i/$1" ] || [ ! -f "$kp_i/$1" ] || return 0; done
  return 1
}
set -- ${word}
if ! kp_finds "$1"; then
  kp_set rc 2
  kp_fail "[Errno 2] No such file or directory: b'$1'"
  return 1
fi`;

const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

/** One word with the host's environment variables and a leading ~ filled in, as Ansible's command does. */
function expanded(word: string): Script {
  const tilde = /^~([a-z_][a-z0-9_-]*)?(?=\/|$)/.exec(word);
  const rest = tilde === null ? word : word.slice(tilde[0].length);
  const parts: Script[] = tilde === null ? [] : [Script.trusted(tilde[0])];
  let at = 0;
  for (const match of rest.matchAll(variable)) {
    const name = match[1] ?? match[2] ?? '';
    if (name.startsWith('kp_')) continue;
    parts.push(quote(rest.slice(at, match.index)), Script.trusted(`"\${${name}-\\${match[0].replace('}', '\\}')}}"`));
    at = match.index + match[0].length;
  }
  if (at < rest.length || parts.length === 0) parts.push(quote(rest.slice(at)));
  return Script.trusted(parts.map(String).join(''));
}

const refused = (msg: string): Outcome => ({ status: 'failed', result: { msg, rc: 256 } });

export const command = defineTask({
  name: 'command',
  summary: 'Runs a program, without a shell.',
  description: 'Pipes and redirections are not interpreted; use `shell` for those.',
  parameters: {
    cmd: text('The command line, split into words as a shell would.'),
    argv: list('The command as a list of words, taken as they are.'),
    expand_argument_vars: flag('Whether $NAME and a leading ~ in the words are filled in on the host.', {
      default: true,
    }),
    executable: text('Accepted and told to be without effect, as in Ansible; `shell` has it.'),
    ...commandParameters,
  },
  freeForm: 'cmd',
  exactlyOne: [['cmd', 'argv']],
  judgesGroups: true,
  returns: {
    cmd: 'the words that were run',
    stdout: 'standard output',
    stdout_lines: 'its lines',
    stderr: 'standard error',
    stderr_lines: 'its lines',
    rc: 'exit code',
    start: 'when it began, in the host’s own time',
    end: 'when it ended',
    delta: 'how long it took',
    msg: 'why it failed or was not run',
  },
  example: `- name: Initialise the database once
  command: /usr/bin/make-database db_name
  args:
    creates: /var/lib/database`,
  inCheckMode: 'predicts',
  repeatable: false,
  compile: (args, context) => {
    if (args.argv !== undefined && args.cmd !== undefined)
      return refused('only command or argv can be given, not both');
    const words = args.argv ?? splitWords(args.cmd ?? '');
    if (words.length === 0) return refused('no command given');
    const scripts = args.expand_argument_vars ? words.map(expanded) : words.map(quote);
    const line = Script.trusted(scripts.map(String).join(' '));
    const [first = line] = scripts;
    return commandProgram(line, args, context.checkMode, { before: mustExist(first, args.chdir) });
  },
  interpret: (report, args) => {
    const words = [...(args.argv ?? splitWords(args.cmd ?? ''))];
    const { result, ...rest } = interpretCommand(report, words, args.strip_empty_ends);
    if (args.executable === undefined) return { result: result ?? {}, ...rest };
    const warning = `As of Ansible 2.4, the parameter 'executable' is no longer supported with the 'command' module. Not using '${args.executable}'.`;
    return { ...rest, result: { ...result, warnings: [warning] } };
  },
});
