import { Buffer } from 'node:buffer';
import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { pythonRegex } from '../../template/python/regex.js';
import { BoundedRegExp } from '../../values/bounded-regexp.js';
import { type Mapping, unescapePython } from '../../values/index.js';
import { type ArgumentsOf, flag, path, text } from '../parameters.js';
import {
  defineTask,
  type Interpretation,
  type Outcome,
  type Program,
  program,
  type Report,
  type TaskContext,
} from '../task.js';
import { decryption, sending } from './decrypt.js';
import { hostPath } from './host-path.js';
import { asOutcome, type PlacedFile, placedFile, placeFiles } from './place-files.js';
import { withFailure } from './reported.js';
import { backupOf, factsOf, fileDiffs, ownership, replacement, safeguards } from './written-file.js';

const parameters = {
  src: path('Directory of the fragments.', { required: true }),
  dest: path('The file that is made of them.', { required: true }),
  delimiter: text('What stands between the fragments; \\n and the like are read as in Python.'),
  regexp: text('Python expression: only fragments whose name it finds are taken.'),
  ignore_hidden: flag('Whether names that begin with a dot are left out.', { default: false }),
  ...decryption,
  remote_src: flag('Whether src is on the host; otherwise it is looked for in files/.', { default: true }),
  ...replacement,
  ...ownership,
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

/** What stands between two fragments: it begins on a line of its own and ends one. */
function delimiterOf(args: Arguments): string {
  if (args.delimiter === undefined || args.delimiter === '') return '';
  const plain = unescapePython(args.delimiter);
  return plain.endsWith('\n') ? plain : `${plain}\n`;
}

function isWanted(args: Arguments): (name: string) => boolean {
  const regex = args.regexp === undefined ? undefined : pythonRegex(args.regexp).regex;
  const search = regex && new BoundedRegExp(regex.source, regex.flags.replace('g', ''));
  return (name) => (search?.test(name) ?? true) && !(args.ignore_hidden && name.startsWith('.'));
}

function assembleHere(args: Arguments, context: TaskContext): Buffer {
  const folder = context.find('files', args.src);
  const names = context.files.list(folder);
  if (names === undefined) throw new KprovError('bad-argument', `assemble: ${folder} is not a directory`);
  const delimiter = Buffer.from(delimiterOf(args));
  const parts: Buffer[] = [];
  let isOpen = false;
  for (const name of names.filter(isWanted(args)).sort()) {
    const bytes = context.files.readBytes(posix.join(folder, name));
    if (context.files.kind(posix.join(folder, name)) !== 'file' || bytes === undefined) continue;
    if (isOpen) parts.push(Buffer.from('\n'));
    if (parts.length > 0) parts.push(delimiter);
    parts.push(Buffer.from(bytes));
    isOpen = bytes.at(-1) !== 10;
  }
  return Buffer.concat(parts);
}

/** Defines kp_assemble: writes the fragments that are its arguments, names in the directory kp_src. */
const assembling = (args: Arguments): Script => sh`
kp_assemble() {
  local kp_first kp_open_line
  kp_first=1 kp_open_line=
  for kp_i in "$@"; do
    [ -f "$kp_src/$kp_i" ] || continue
    [ -z "$kp_open_line" ] || printf '\n'
    [ -n "$kp_first" ] || printf %s ${delimiterOf(args)}
    cat -- "$kp_src/$kp_i" || return 1
    kp_first= kp_open_line=1
    [ "$(tail -c 1 -- "$kp_src/$kp_i" | wc -l)" -eq 0 ] || kp_open_line=
  done
}`;

const source = (args: Arguments): Script => sh`
kp_src=${hostPath(args.src)}
case $kp_src in [/.]*) ;; *) kp_src=./$kp_src ;; esac
case $kp_ov in *"$\{kp_nl}path:$kp_src/"*)
  if [ -n "$kp_check" ]; then kp_unknown "fragments in $kp_src would be changed by an earlier task of this run"; return 0; fi ;;
esac
if [ ! -d "$kp_src" ]; then
  if [ -n "$kp_check" ] && kp_is_directory "$kp_src"; then kp_unknown "$kp_src is not there yet"; return 0; fi
  kp_fail "Source ($kp_src) does not exist or is not a directory"
  return 1
fi`;

/** Brings the file about; the names are the function's own arguments. */
const writing = (args: Arguments): Script => {
  const attributes = sh`${args.mode} ${args.owner} ${args.group}`;
  return joinScripts([
    safeguards(args),
    sh`kp_dest=${hostPath(args.dest)}
kp_set dest "$kp_dest"
kp_real "$kp_dest" || return 1
kp_p=$kp_path
if kp_is_directory "$kp_p"; then kp_fail "$kp_p is a directory, not a file"; return 1; fi
kp_stat "$kp_p"
kp_sum=$(kp_assemble "$@" | sha1sum); kp_set checksum "$\{kp_sum%% *}"
kp_sum=$(kp_assemble "$@" | md5sum); kp_set md5sum "$\{kp_sum%% *}"
kp_sum=$(kp_assemble "$@" | sha256sum)
kp_sum=$\{kp_sum%% *}
kp_here=
if [ "$kp_type" = file ]; then
  if kp_unsent "$kp_p"; then kp_here=$kp_value
  elif kp_foreseen "$kp_p" && kp_predicted content "$kp_p"; then kp_here=$(printf %s "$kp_value" | sha256sum)
  else kp_here=$(sha256sum <"$kp_p")
  fi
fi
if [ "$kp_sum" = "$\{kp_here%% *}" ]; then
  kp_attributes "$kp_p" ${attributes} && kp_facts "$kp_p"
  return
fi
kp_parent "$kp_p" || return 1
kp_before "$kp_p"
[ "$kp_type" != file ] || kp_differ ${attributes}
if [ -n "$kp_diff" ]; then kp_open after; kp_assemble "$@"; kp_close; fi
if kp_apply; then
  kp_temp "$kp_p"
  kp_assemble "$@" >"$kp_tmp" || { rm -f -- "$kp_tmp"; kp_fail "cannot write $kp_tmp"; return 1; }
  kp_install "$kp_tmp" "$kp_p" ${attributes} || return 1
else
  kp_foresee_file "$kp_p" ${attributes}
  kp_predict hash "$kp_p" "$kp_sum"
fi
kp_facts "$kp_p"`,
  ]);
};

function interpret(report: Report, args: Arguments): Interpretation {
  const dest = report.text('dest') ?? args.dest;
  const sum = (name: string): Mapping => {
    const digits = report.text(name);
    return digits === undefined ? {} : { [name]: digits };
  };
  return {
    result: withFailure(report, {
      src: args.src,
      dest,
      msg: 'OK',
      ...sum('checksum'),
      ...sum('md5sum'),
      ...factsOf(report),
      ...backupOf(report),
    }),
    diff: fileDiffs(report, dest, report.bytes('after') ?? ''),
  };
}

/** Names are lines of `ls`: one that holds a newline is no fragment. */
function onHost(args: Arguments): Program {
  if (args.regexp === undefined) {
    return program(sh`${assembling(args)}
${source(args)}
kp_names=$(ls ${args.ignore_hidden ? [] : ['-A']} -- "$kp_src") || { kp_fail "cannot list $kp_src"; return 1; }
IFS=$kp_nl; set -f
set -- $kp_names
unset IFS; set +f
${writing(args)}`);
  }
  return program(
    sh`${source(args)}
kp_set names "$(ls -A -- "$kp_src")"`,
    {
      next: (report) => {
        const names = (report.text('names') ?? '').split('\n').filter((name) => name !== '' && isWanted(args)(name));
        return program(sh`${assembling(args)}
${source(args)}
set -- ${names}
${writing(args)}`);
      },
    },
  );
}

export const assemble = defineTask({
  name: 'assemble',
  summary: 'Makes a file of the fragments in a directory, in the order of their names.',
  parameters,
  returns: {
    dest: 'the path of the file',
    src: 'the directory',
    msg: 'OK',
    checksum: 'SHA-1 of the content',
    md5sum: 'MD5 of the content',
    mode: 'permissions, four octal digits',
    owner: 'name of the owner',
    group: 'name of the group',
    size: 'bytes',
    backup_file: 'the copy of the old file, where one was made',
  },
  example: `- assemble:
    src: /etc/haproxy/conf.d
    dest: /etc/haproxy/haproxy.cfg
    validate: haproxy -c -f %s`,
  inCheckMode: 'predicts',
  diffIsMapping: true,
  compile: (args, context): Program | Outcome => {
    if (args.regexp !== undefined) pythonRegex(args.regexp);
    if (args.remote_src) return onHost(args);
    const file: PlacedFile = {
      dest: sh`kp_dest=${hostPath(args.dest)}`,
      name: args.dest,
      content: assembleHere(args, sending(context, args)),
      mode: args.mode,
    };
    const placement = {
      before: sh``,
      files: [file],
      owner: args.owner,
      group: args.group,
      safeguards: safeguards(args),
    };
    return placeFiles({ ...placement, follow: true }, (report) =>
      asOutcome(placedFile(report, file, { src: args.src, msg: 'OK' })),
    );
  },
  interpret: (report, args, context) => {
    if (args.remote_src) return interpret(report, args);
    const file = { dest: sh``, name: args.dest, content: assembleHere(args, context), mode: args.mode };
    return placedFile(report, file, { src: args.src, msg: 'OK' });
  },
});
