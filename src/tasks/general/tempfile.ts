import { sh } from '../../shell/index.js';
import { choice, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';
import { factsOf } from './written-file.js';

export const tempfile = defineTask({
  name: 'tempfile',
  summary: 'Makes a temporary file or directory of a fresh name.',
  parameters: {
    state: choice('What is made.', ['file', 'directory'], { default: 'file' }),
    path: path("Where it is made. Default: the host's directory for temporary files."),
    prefix: text('How the name begins.', { default: 'ansible.' }),
    suffix: text('How the name ends.', { default: '' }),
  },
  returns: { path: 'the path' },
  example: `- tempfile: {state: directory, suffix: build}
  register: work`,
  inCheckMode: 'skips',
  repeatable: false,
  compile: (args) =>
    program(sh`
kp_p=${args.path}
[ -n "$kp_p" ] || kp_p=$\{TMPDIR:-/tmp}
if [ ! -d "$kp_p" ]; then kp_fail "the directory $kp_p does not exist"; return 1; fi
kp_try mktemp ${args.state === 'directory' ? ['-d'] : []} "$kp_p/"${args.prefix}XXXXXXXX || return 1
kp_apply
kp_p=$kp_out
kp_suffix=${args.suffix}
if [ -n "$kp_suffix" ]; then
  if [ -e "$kp_p$kp_suffix" ] || [ -L "$kp_p$kp_suffix" ]; then rm -rf -- "$kp_p"; kp_fail "$kp_p$kp_suffix is there already"; return 1; fi
  kp_try mv -- "$kp_p" "$kp_p$kp_suffix" || return 1
  kp_p=$kp_p$kp_suffix
fi
kp_set path "$kp_p"
kp_facts "$kp_p"`),
  interpret: (report) => {
    const place = report.text('path');
    return { result: withFailure(report, place === undefined ? {} : { path: place, ...factsOf(report) }) };
  },
});
