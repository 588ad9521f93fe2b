import { Buffer } from 'node:buffer';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type FileContent, isLarge, type Mapping } from '../../values/index.js';
import type { Diff, Interpretation, Outcome, Program, Report } from '../task.js';
import { program } from '../task.js';
import { withFailure } from './reported.js';
import { backupOf, digest, factsOf, fileDiffs, sizeOf } from './written-file.js';

/** A file that is to be on the host. */
export interface PlacedFile {
  /** Shell text that sets kp_dest to the path, once `before` of the placement has run. */
  dest: Script;
  /** The destination as far as the control side knows it: names the staging directory. */
  name: string;
  content: FileContent;
  mode: string | undefined;
}

export interface Placement {
  /** Program text ahead of all files: directories, guards. */
  before: Script;
  files: readonly PlacedFile[];
  owner: string | undefined;
  group: string | undefined;
  /** Backup and validation, as `safeguards` makes them. */
  safeguards: Script;
  /** An existing file is left as it is where this is false. Default true. */
  force?: boolean;
  /** A link at the destination is followed rather than replaced. */
  follow?: boolean;
}

/** Above this a file is compared by its checksum first and sent only where it differs. */
const MAX_INLINE_BYTES = 64 * 1024;
/** A shell holds the whole program while it runs it. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** True where a shell word can hold the bytes: they are UTF-8 and none is NUL. */
function isText(content: FileContent): content is Uint8Array {
  if (isLarge(content)) return false;
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return !bytes.includes(0) && Buffer.from(bytes.toString('utf8')).equals(bytes);
}

/** A text that goes in the program itself once it is known to be wanted. */
const isShort = (file: PlacedFile): file is PlacedFile & { content: Uint8Array } =>
  sizeOf(file.content) <= MAX_INLINE_BYTES && isText(file.content);

const key = (index: number) => `.${index}`;

/** Where each file goes, and the guards that come before looking at its content. */
const locate = (file: PlacedFile, index: number, placement: Placement): Script =>
  joinScripts([
    sh`kp_key=${key(index)}`,
    file.dest,
    placement.follow === true && sh`kp_real "$kp_dest" || return 1; kp_dest=$kp_path`,
    sh`kp_set ${`dest${key(index)}`} "$kp_dest"`,
  ]);

const unlessForced = (placement: Placement, body: Script): Script =>
  placement.force === false
    ? sh`
kp_stat "$kp_dest"
if [ "$kp_type" != absent ]; then kp_set exists 1; kp_facts "$kp_dest"
else
${body}
fi`
    : body;

function inline(file: PlacedFile & { content: Uint8Array }, index: number, placement: Placement): Script {
  const text = Buffer.from(file.content).toString('utf8');
  return joinScripts([
    locate(file, index, placement),
    unlessForced(
      placement,
      sh`kp_write "$kp_dest" ${text} ${file.mode} ${placement.owner} ${placement.group} || return 1
kp_facts "$kp_dest"`,
    ),
  ]);
}

/**
 * kp_stage PATH NAME PART: a directory beside PATH in which nobody else can write, into kp_staging. That of a run that
 * was broken off is used again, with what it has of this very content (PART).
 */
export const staging = sh`
kp_stage() {
  case $1 in */*) kp_staging=$\{1%/*}/.kprov-$2 ;; *) kp_staging=.kprov-$2 ;; esac
  mkdir -- "$kp_staging" 2>/dev/null && return
  if [ -d "$kp_staging" ] && [ ! -L "$kp_staging" ] && [ -O "$kp_staging" ]; then
    for kp_i in "$kp_staging"/*; do [ "$kp_i" = "$kp_staging/$3" ] || rm -rf -- "$kp_i"; done
    return
  fi
  kp_fail "cannot make the directory $kp_staging"
}`;

/** Functions of the step that compares by checksum. */
const probing = sh`${staging}
kp_holds() {
  [ "$kp_type" = file ] || return 1
  [ "$kp_size" = '?' ] || [ "$kp_size" = "$2" ] || return 1
  if kp_foreseen "$1"; then
    if kp_unsent "$1"; then [ "$kp_value" = "$3" ]; return; fi
    if kp_predicted content "$1"; then
      kp_line=$(printf %s "$kp_value" | sha256sum) && [ "$\{kp_line%% *}" = "$3" ]
      return
    fi
  fi
  kp_sum "$1" && [ "$kp_line" = "$3" ]
}
kp_probe() {
  kp_stat "$1"
  if kp_holds "$1" "$2" "$3"; then
    kp_attributes "$1" "$5" "$6" "$7" && kp_facts "$1"
    return
  fi
  case $kp_type in
  file | absent) ;;
  link) [ ! -d "$1" ] || { kp_fail "$1 is a directory, not a file"; return 1; } ;;
  *) kp_fail "$1 is a $kp_type, not a file"; return 1 ;;
  esac
  kp_parent "$1" || return 1
  kp_before "$1"
  [ "$kp_type" != file ] || kp_differ "$5" "$6" "$7"
  if kp_apply; then
    if [ -z "$8" ]; then kp_set "wanted$kp_key" 1; return; fi
    kp_stage "$1" "$4" "$8" && kp_set "staging$kp_key" "$kp_staging"
  else
    kp_foresee_file "$1" "$5" "$6" "$7"
    kp_predict hash "$1" "$3"
  fi
}`;

function probe(file: PlacedFile, index: number, placement: Placement): Script {
  const name = digest('sha256', file.name).slice(0, 16);
  const { owner, group } = placement;
  const expected = sh`${sizeOf(file.content)} ${digest('sha256', file.content)} ${name}`;
  return joinScripts([
    locate(file, index, placement),
    unlessForced(
      placement,
      sh`kp_probe "$kp_dest" ${expected} ${file.mode} ${owner} ${group} ${isShort(file) ? '' : partial(file.content)} || return 1`,
    ),
  ]);
}

/** Name of what has arrived so far: another content never continues it. */
export const partial = (content: FileContent): string => digest('sha256', content).slice(0, 32);

function putInPlace(file: PlacedFile, index: number, dest: string, staging: string, placement: Placement): Script {
  return sh`
kp_key=${key(index)} kp_staging=${staging} kp_part=${`${staging}/${partial(file.content)}`}
kp_stat "$kp_part"
if ! kp_sum "$kp_part" || [ "$kp_line" != ${digest('sha256', file.content)} ]; then
  rm -rf -- "$kp_staging"
  kp_fail ${`what arrived for ${dest} is not what was sent`}
  return 1
fi
kp_stat ${dest}
kp_apply
# Once the file is in place nobody looks for what is left of its way there.
kp_note "$kp_staging"
kp_install "$kp_part" ${dest} ${file.mode} ${placement.owner} ${placement.group} || { rm -rf -- "$kp_staging"; return 1; }
rmdir -- "$kp_staging"
kp_facts ${dest}`;
}

/** The reports of both steps: the first one knows what was there before, the second one what is there now. */
function merged(first: Report, second: Report): Report {
  const bytes = (field: string) => second.bytes(field) ?? first.bytes(field);
  return { status: 'changed', bytes, text: (field) => second.text(field) ?? first.text(field) };
}

/** What a file is brought with: itself as text, or what its staging directory is called. */
type Wanted = { file: PlacedFile; index: number; dest: string } & ({ text: string } | { staging: string });

function wantedFiles(placement: Placement, report: Report): Wanted[] {
  return placement.files.flatMap((file, index): Wanted[] => {
    const dest = report.text(`dest${key(index)}`) ?? '';
    const staging = report.text(`staging${key(index)}`);
    if (staging !== undefined) return [{ file, index, dest, staging }];
    if (!isShort(file) || report.text(`wanted${key(index)}`) === undefined) return [];
    return [{ file, index, dest, text: Buffer.from(file.content).toString('utf8') }];
  });
}

/** As many texts as one step may hold. */
function batches(wanted: readonly Wanted[]): Wanted[][] {
  const made: Wanted[][] = [];
  let room = 0;
  for (const each of wanted) {
    const size = 'text' in each ? each.text.length : 0;
    if (made.length === 0 || size > room) {
      made.push([]);
      room = MAX_BATCH_BYTES;
    }
    room -= size;
    made.at(-1)?.push(each);
  }
  return made;
}

const bring = (each: Wanted, placement: Placement): Script =>
  'staging' in each
    ? putInPlace(each.file, each.index, each.dest, each.staging, placement)
    : sh`
kp_key=${key(each.index)}
kp_write ${each.dest} ${each.text} ${each.file.mode} ${placement.owner} ${placement.group} || return 1
kp_facts ${each.dest}`;

/** Does the mode, where it is given in digits, let everybody read? */
export const isForAll = (mode: string | undefined): boolean =>
  mode !== undefined && /^[0-7]+$/.test(mode) && (Number.parseInt(mode, 8) & 0o004) !== 0;

/** Short texts stand in the program, many in one; other files are uploaded ahead of it. */
function bringing(
  [batch, ...others]: readonly Wanted[][],
  placement: Placement,
  report: Report,
  conclude: (report: Report) => Outcome,
): Program | undefined {
  if (!batch) return undefined;
  return program(joinScripts([placement.safeguards, ...batch.map((each) => bring(each, placement))]), {
    uploads: batch.flatMap((each) =>
      'staging' in each
        ? [
            {
              path: `${each.staging}/${partial(each.file.content)}`,
              content: each.file.content,
              isPublic: isForAll(each.file.mode),
            },
          ]
        : [],
    ),
    next: (second) => {
      const all = merged(report, second);
      return bringing(others, placement, all, conclude) ?? conclude(all);
    },
  });
}

/**
 * The program that puts files on the host. Small texts travel in the program: one round trip. Otherwise the first step
 * compares checksums, and a second one, only where something differs, brings those files.
 */
export function placeFiles(placement: Placement, conclude: (report: Report) => Outcome): Program {
  const total = placement.files.reduce((sum, { content }) => sum + sizeOf(content), 0);
  const head = [placement.safeguards, placement.before];
  const looks = placement.files.map(({ name }) => name).filter((name) => !name.endsWith('/'));
  const texts = placement.files.flatMap((file) => (isText(file.content) ? [{ ...file, content: file.content }] : []));
  if (total <= MAX_INLINE_BYTES && texts.length === placement.files.length) {
    return program(joinScripts([...head, ...texts.map((file, i) => inline(file, i, placement))]), { looks });
  }
  return program(joinScripts([probing, ...head, ...placement.files.map((file, i) => probe(file, i, placement))]), {
    looks,
    next: (report) => bringing(batches(wantedFiles(placement, report)), placement, report, conclude),
  });
}

/** The diffs of all files. */
export const placedDiffs = (report: Report, files: readonly PlacedFile[]): Diff[] =>
  files.flatMap((file, i) => fileDiffs(report, report.text(`dest${key(i)}`) ?? file.name, file.content, key(i)));

/** The result of a single file, with Ansible's names. */
export function placedFile(report: Report, file: PlacedFile, fields: Mapping = {}): Interpretation {
  const facts = factsOf(report, key(0));
  const existed = report.text('exists') !== undefined;
  return {
    result: withFailure(report, {
      ...fields,
      dest: report.text(`dest${key(0)}`) ?? file.name,
      ...facts,
      ...(!existed && {
        checksum: digest('sha1', file.content),
        md5sum: digest('md5', file.content),
        size: sizeOf(file.content),
      }),
      ...(existed && { msg: 'file already exists' }),
      ...backupOf(report, key(0)),
    }),
    diff: placedDiffs(report, [file]),
  };
}

/** An interpretation as the outcome of the last step. */
export const asOutcome = ({ result, diff }: Interpretation): Outcome => ({
  status: 'changed',
  result: result ?? {},
  ...(diff !== undefined && { diff }),
});
