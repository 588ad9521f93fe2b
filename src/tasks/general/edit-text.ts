import { Buffer } from 'node:buffer';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type Interpretation, type Outcome, type Program, program, type Report } from '../task.js';
import type { FileAttributes } from './file-attributes.js';
import { withFailure } from './reported.js';
import { backupOf, digest, fileDiffs, safeguards } from './written-file.js';

/** Arguments of every task that edits a text file in place. */
export interface EditArguments extends FileAttributes {
  path: string;
  mode: string | undefined;
  owner: string | undefined;
  group: string | undefined;
  backup: boolean;
  validate: string | undefined;
  /** What the result says beside `msg` and `backup_file`. */
  fields?: Mapping;
  /** How the task reads its report; default `interpretText`. */
  interpret?(report: Report, verdict?: string): Interpretation;
  /** The path as shell text, where it is not known here (`~`). */
  target?: Script;
}

export interface MissingFile {
  /** Shell text for a file that is not there; it ends the step or goes on with an empty text. */
  missing: Script;
}

/** What to say of a file that is not there; in check mode an earlier step may be about to bring it. */
export const failMissing = (path: string, msg: string): Script => sh`
if [ -n "$kp_dry" ]; then kp_unknown ${`${path} is not there yet`}; return 0; fi
kp_set rc 257
kp_fail ${msg}
return 1`;

/** A new file is begun with its directory. */
export const createMissing = (args: EditArguments): Script => {
  const parent = args.path.replace(/\/[^/]*$/, '');
  return parent === '' || parent === args.path
    ? sh``
    : sh`kp_is_directory ${parent} || kp_directory ${parent} '' '' '' || return 1`;
};

/** Reads the file into kp_text and its real path into kp_p. */
function readText(args: EditArguments, { missing }: MissingFile): Script {
  return joinScripts([
    safeguards(args),
    sh`kp_real ${args.target ?? args.path} || return 1
kp_p=$kp_path kp_m= kp_o= kp_g=
kp_set path "$kp_p"
if kp_is_directory "$kp_p"; then kp_set rc 256; kp_fail ${`Path ${args.path} is a directory !`}; return 1; fi
kp_stat "$kp_p"
if [ "$kp_type" = absent ]; then kp_new=1
${missing}
kp_text=
else
  kp_new=
  kp_read "$kp_p" || { kp_fail "cannot read $kp_p"; return 1; }
  case $kp_size in '' | *[!0-9]*) ;; "$\{#kp_text}") ;; *) kp_fail "$kp_p is not a text file: it holds NUL bytes"; return 1 ;; esac
fi`,
  ]);
}

/** Writes the text in kp_after, and says what else was changed. */
const writeText = (args: EditArguments): Script => sh`
if [ "$kp_text" != "$kp_after" ] || [ -n "$kp_new" ]; then
  kp_set edited 1
  [ -z "$kp_diff" ] || kp_set after "$kp_after"
fi
if [ "$kp_text" = "$kp_after" ] && [ -z "$kp_new" ]; then
  kp_attributes "$kp_p" ${args.mode} ${args.owner} ${args.group} || return 1
else
  kp_write "$kp_p" "$kp_after" ${args.mode} ${args.owner} ${args.group} || return 1
fi
[ -z "$kp_m$kp_o$kp_g" ] || kp_set attributes 1`;

/**
 * Edits on the host, in one round trip: the awk program reads the text and prints the verdict on the first line, then
 * the new text. `environment` is what it finds in ENVIRON; KP_EOF is 1 where the last line has no newline.
 */
export function editOnHost(
  args: EditArguments & MissingFile,
  awk: string,
  environment: Readonly<Record<string, string>>,
): Program {
  const assignments = joinScripts(Object.entries(environment).map(([name, value]) => sh`export ${name}=${value}`));
  return program(
    sh`${readText(args, args)}
kp_eof=
case $kp_text in '' | *"$kp_nl") ;; *) kp_eof=1 ;; esac
# A here-document costs no process, and ends with a newline: the text's own, or one that KP_EOF tells of.
kp_i=$\{kp_text%"$kp_nl"}
kp_after=$(
${assignments}
export KP_EOF="$kp_eof"
[ -z "$kp_text" ] || exec <<kp_x
$kp_i
kp_x
exec awk ${awk}) || { kp_fail "awk failed on $kp_p"; return 1; }
kp_set verdict "$\{kp_after%%"$kp_nl"*}"
kp_after=$\{kp_after#*"$kp_nl"}
kp_after=$\{kp_after%.}
if [ "$kp_text" = "$kp_after" ] && [ -n "$kp_new" ]; then return 0; fi
${writeText(args)}`,
    args.target === undefined ? { looks: [args.path] } : {},
  );
}

/** What an edit makes of a text; undefined where it stays as it is. Texts are bytes, one character each. */
export type Edit = (
  text: string,
) => { text: string; verdict: string; fields?: Mapping } | { verdict: string; fields?: Mapping };

/**
 * Edits on the control machine, for what awk cannot do: the text is fetched, and only where it changes a second step
 * writes it, provided that the file is still the same.
 */
export function editHere(args: EditArguments & MissingFile, edit: Edit): Program {
  const attributes = sh`${args.mode} ${args.owner} ${args.group}`;
  const reading = sh`${readText(args, args)}
kp_set new "$kp_new"
kp_open text; printf %s "$kp_text"; kp_close
if [ -z "$kp_new" ]; then
  kp_attributes "$kp_p" ${attributes} || return 1
  [ -z "$kp_m$kp_o$kp_g" ] || kp_set attributes 1
fi`;
  return program(reading, {
    next: (first) => {
      const bytes = first.bytes('text') ?? Buffer.alloc(0);
      const edited = edit(bytes.toString('latin1'));
      const isNew = first.text('new') === '1';
      const told = { ...args, fields: { ...args.fields, ...edited.fields } };
      if (!('text' in edited)) {
        const hasNews = edited.verdict !== '' || edited.fields !== undefined || isNew;
        return hasNews ? unchanged(told, first, edited.verdict) : undefined;
      }
      const after = Buffer.from(edited.text, 'latin1').toString('utf8');
      const writing = sh`${readText(args, { missing: isNew ? sh`` : failMissing(args.path, `${args.path} is gone`) })}
kp_line=$(printf %s "$kp_text" | sha256sum)
if [ "$\{kp_line%% *}" != ${digest('sha256', bytes)} ]; then
  kp_fail "$kp_p was changed by somebody else at the same time"
  return 1
fi
kp_set verdict ${edited.verdict}
kp_after=${after}
${writeText(args)}`;
      return program(writing, {
        next: (second) => {
          const { result, diff } = told.interpret?.(second) ?? interpretText(second, told);
          return { status: 'changed', result: result ?? {}, ...(diff && { diff }) };
        },
      });
    },
  });
}

const unchanged = (args: EditArguments, report: Report, verdict: string): Outcome => {
  const { result, diff } = args.interpret?.(report, verdict) ?? interpretText(report, args, verdict);
  return { status: report.status === 'changed' ? 'changed' : 'ok', result: result ?? {}, ...(diff && { diff }) };
};

/** Result and diffs of an edited file: `msg` is the verdict, and what was changed beside the content. */
export function interpretText(
  report: Report,
  args: EditArguments,
  verdict = report.text('verdict') ?? '',
): Interpretation {
  const aside = report.text('attributes') === undefined ? [] : ['ownership, perms or SE linux context changed'];
  const msg = [verdict, ...aside].filter((part) => part !== '').join(' and ');
  const fields: Mapping = { ...args.fields, msg, ...backupOf(report) };
  return {
    result: withFailure(report, fields),
    diff: fileDiffs(report, args.path, report.bytes('after') ?? ''),
  };
}
