import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, flag, integer, list, path } from '../parameters.js';
import { defineTask, type Interpretation, type Program, program, type Report, type TaskContext } from '../task.js';
import { decryption, sending } from './decrypt.js';
import { contextParts, fileAttributes, furtherAttributes } from './file-attributes.js';
import { getFunction, httpParameters, plainHttp } from './http.js';
import { isForAll, partial, staging } from './place-files.js';
import { texts, withFailure } from './reported.js';
import { digest, factsOf, ownership } from './written-file.js';

const parameters = {
  src: path(
    'The archive: a file of the control machine looked for in files/; with remote_src one of the host, or a URL.',
    {
      required: true,
      onHost: 'remote_src',
    },
  ),
  dest: path('The directory it is unpacked in; it has to be there.', { required: true }),
  remote_src: flag('Whether src is on the host, or a URL.', { default: false }),
  creates: path('A path; where it exists nothing is done, and a local archive is not even sent.'),
  extra_opts: list('Further options of tar or unzip.', { default: [] }),
  include: list('Members that are unpacked; none: all.', { default: [] }),
  exclude: list('Members that are not.', { default: [] }),
  io_buffer_size: integer('Accepted: nothing is read by Python here.'),
  keep_newer: flag('Whether files that are newer than the archive stay.', { default: false }),
  list_files: flag('Whether the names of the members are returned.', { default: false }),
  validate_certs: httpParameters.validate_certs,
  ...decryption,
  ...ownership,
  ...fileAttributes,
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

const plain = (directory: string) => directory.replace(/(?<=.)\/+$/, '');

/** The guards, before an archive is sent or read. */
const guards = (args: Arguments): Script =>
  joinScripts([
    args.creates !== undefined &&
      sh`if { kp_foreseen ${args.creates} && case $kp_value in absent*) false ;; esac; } || [ -e ${args.creates} ]; then
  kp_set skipped ${`skipped, since ${args.creates} exists`}
  return 0
fi`,
    sh`if ! kp_is_directory ${plain(args.dest)}; then
  if [ -n "$kp_dry" ]; then kp_unknown ${`the directory ${args.dest} is not there yet`}; return 0; fi
  kp_fail ${`Destination '${args.dest}' is not a directory`}
  return 1
fi
# Nothing is in a directory that an earlier task of this dry run would make.
if [ -n "$kp_check" ] && [ ! -d ${plain(args.dest)} ]; then kp_apply; return 0; fi`,
  ]);

/** What tar says of differences, without those that the task's own owner, group and mode bring about. */
function countsAsDifference(args: Arguments): Script {
  return sh`case $kp_line in
*': Mode differs') [ -n ${args.mode === undefined} ] ;;
*': Uid differs') [ -n ${args.owner === undefined} ] && [ "$kp_user" = 0 ] ;;
*': Gid differs') [ -n ${args.group === undefined} ] && [ "$kp_user" = 0 ] ;;
*': Mod time is newer'*) [ -z ${args.keep_newer} ] ;;
*'implausibly old time stamp'*) false ;;
esac`;
}

/**
 * kp_unpacked: is all of the archive $kp_a in the directory already? GNU tar compares by itself; where tar cannot, the
 * archive is unpacked elsewhere and compared file by file, which check mode does not do.
 */
const comparison = (args: Arguments): Script => sh`
kp_tree_same() {
  local kp_f
  for kp_f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$kp_f" ]; then [ "$(readlink -- "$kp_f")" = "$(readlink -- "$2/$\{kp_f##*/}")" ] || return 1
    elif [ -d "$kp_f" ]; then [ -d "$2/$\{kp_f##*/}" ] && kp_tree_same "$kp_f" "$2/$\{kp_f##*/}" || return 1
    elif [ -e "$kp_f" ]; then cmp -s -- "$kp_f" "$2/$\{kp_f##*/}" || return 1
    fi
  done
}
kp_elsewhere() {
  kp_work=$(mktemp -d) || return 1
  kp_extract "$kp_work" >/dev/null 2>&1 && kp_tree_same "$kp_work" "$kp_dest"
  kp_rc=$?
  rm -rf -- "$kp_work"
  return "$kp_rc"
}
kp_gnu_tar() { case $(tar --version 2>/dev/null) in *'GNU tar'*) true ;; *) false ;; esac; }
kp_all_there() {
  while IFS= read -r kp_member; do
    [ -e "$kp_dest/$kp_member" ] || [ -L "$kp_dest/$kp_member" ] || return 1
  done <<kp_end_of_list
$kp_list
kp_end_of_list
}
kp_gnu_differs() {
  kp_user=$(id -u)
  while IFS= read -r kp_line; do
    if ${countsAsDifference(args)}; then echo differs; return; fi
  done
}
kp_unpacked() {
  if [ "$kp_kind" = tar ] && [ -z ${args.extra_opts.length > 0} ] && kp_gnu_tar; then
    kp_out=$(tar --diff $kp_packed -C "$kp_dest" -f "$kp_a" ${args.extra_opts} ${excluded(args, '--exclude=')} ${args.include} 2>&1 | kp_gnu_differs)
    [ -z "$kp_out" ]
    return
  fi
  if [ -n "$kp_check" ] && ! kp_all_there; then return 1; fi
  if [ -n "$kp_check" ]; then kp_unknown 'the archive can only be compared by unpacking it'; return 2; fi
  kp_elsewhere
}`;

const excluded = (args: Arguments, option: string): Script => sh`${args.exclude.map((name) => `${option}${name}`)}`;

const extraction = (args: Arguments): Script => sh`
kp_extract() {
  if [ "$kp_kind" = zip ]; then
    unzip ${args.keep_newer ? '-uo' : '-o'} ${args.extra_opts} "$kp_a" ${args.include} ${args.exclude.length > 0 ? ['-x', ...args.exclude] : []} -d "$1"
  else
    tar -x $kp_packed ${args.keep_newer ? ['--keep-newer-files'] : []} -C "$1" -f "$kp_a" ${args.extra_opts} ${excluded(args, '--exclude=')} ${args.include}
  fi
}
kp_members() { if [ "$kp_kind" = zip ]; then unzip -l "$kp_a" | awk 'sub(/^ *[0-9]+ +[0-9-]+ +[0-9:]+ +/, "")'; else tar -t $kp_packed -f "$kp_a" ${excluded(args, '--exclude=')} ${args.include}; fi; }`;

/** Everything that is done once the archive $kp_a is there; `cleanUp` removes what was brought for it. */
function unpack(args: Arguments, cleanUp: Script): Script {
  const attributes = sh`${args.mode} ${args.owner} ${args.group}`;
  const isLeft = [args.mode, args.owner, args.group, ...contextParts.map((part) => args[part]), args.attributes].every(
    (value) => value === undefined,
  );
  return sh`
${furtherAttributes(args)}
kp_dest=${plain(args.dest)} kp_kind=tar kp_packed=
${extraction(args)}
${comparison(args)}
kp_no_handler() {
  kp_fail "Failed to find handler for \"$kp_a\". Make sure the required command to extract the file is installed.$kp_nl$1"
}
kp_work_on() {
  if [ ! -r "$kp_a" ]; then kp_fail "Source '$kp_a' does not exist or cannot be read"; return 1; fi
  case $(head -c 6 <"$kp_a" | od -An -tx1) in
  *50' '4b' '0[35]*) kp_kind=zip ;;
  ' '1f' '8b*) kp_packed=-z ;;
  ' '42' '5a' '68*) kp_packed=-j ;;
  ' 'fd' '37' '7a*) kp_packed=-J ;;
  ' '28' 'b5' '2f' 'fd*) kp_packed=--zstd ;;
  esac
  if [ "$kp_kind" = zip ] && ! command -v unzip >/dev/null 2>&1; then
    kp_no_handler "Unable to find required 'unzip' or 'zipinfo' binary in the path."; return 1
  fi
  if [ "$kp_kind" = tar ] && [ -n ${args.exclude.length > 0 || args.keep_newer} ] && ! kp_gnu_tar; then
    kp_fail 'the tar of this host knows neither exclude nor keep_newer'; return 1
  fi
  if [ "$kp_kind" = tar ] && ! command -v tar >/dev/null 2>&1; then
    kp_no_handler "Unable to find required 'gtar' or 'tar' binary in the path"; return 1
  fi
  case $kp_kind$kp_packed in
  zip) kp_set handler ZipArchive ;;
  tar) kp_set handler TarArchive ;;
  tar-z) kp_set handler TgzArchive ;;
  tar-j) kp_set handler TarBzipArchive ;;
  tar-J) kp_set handler TarXzArchive ;;
  *) kp_set handler TarZstdArchive ;;
  esac
  kp_set archive "$kp_a"
  kp_list=$(kp_members 2>/dev/null) || { kp_no_handler 'It is neither a tar nor a zip archive.'; return 1; }
  kp_unpacked
  case $? in
  0) ;;
  2) return 0 ;;
  *)
    if kp_apply; then
      kp_err=$(mktemp) || return 1
      kp_out=$(kp_extract "$kp_dest" 2>"$kp_err")
      kp_rc=$?
      kp_set extract_rc "$kp_rc"; kp_set extract_out "$kp_out"
      kp_open extract_err; cat -- "$kp_err"; kp_close
      [ "$kp_rc" = 0 ] || kp_set output "$kp_out$(cat -- "$kp_err")"
      rm -f -- "$kp_err"
      [ "$kp_rc" = 0 ] || { kp_fail "failed to unpack $kp_a to $kp_dest"; return 1; }
    fi ;;
  esac
  ${args.list_files && sh`kp_set files "$kp_list"`}
  if [ -z ${isLeft} ]; then
    while IFS= read -r kp_member; do
      kp_member=$kp_dest/$\{kp_member%/}
      kp_stat "$kp_member"
      [ "$kp_type" = absent ] || kp_attributes "$kp_member" ${attributes} || return 1
    done <<kp_end_of_list
$kp_list
kp_end_of_list
  fi
}
kp_work_on
kp_rc=$?
${cleanUp}
[ "$kp_rc" = 0 ] || return "$kp_rc"
kp_stat "$kp_dest"
kp_facts "$kp_dest"`;
}

function remote(args: Arguments): Program {
  if (!args.src.includes('://'))
    return program(
      joinScripts([
        guards(args),
        sh`kp_a=${args.src}
if [ -n "$kp_check" ] && [ ! -e "$kp_a" ]; then kp_unknown "$kp_a is not there yet"; return 0; fi`,
        unpack(args, sh``),
      ]),
    );
  const http = { ...plainHttp, validate_certs: args.validate_certs };
  return program(
    joinScripts([
      guards(args),
      getFunction(sh`kp_get`, args.src, http),
      sh`if [ -n "$kp_check" ]; then kp_unknown 'the archive has to be downloaded to be compared'; return 0; fi
kp_folder=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }
kp_a=$kp_folder/archive
kp_out=$(kp_get "$kp_a" 2>&1) || { rm -rf -- "$kp_folder"; kp_fail ${`Failure downloading ${args.src}: `}"$kp_out"; return 1; }`,
      unpack(args, sh`rm -rf -- "$kp_folder"`),
    ]),
  );
}

function local(args: Arguments, context: TaskContext): Program {
  const file = context.find('files', args.src);
  const { files } = sending(context, args);
  const content = files.large?.(file) ?? files.readBytes(file);
  if (content === undefined) throw new KprovError('missing-file', `unarchive: cannot read ${args.src}`);
  const isReadable = ((files.permissions?.(file) ?? 0) & 0o004) !== 0;
  const isPublic = isReadable && (args.mode === undefined || isForAll(args.mode));
  // In the directory itself: there is room for what is unpacked, and a run that was killed left its part there.
  const place = posix.join(plain(args.dest), 'archive');
  const first = sh`${staging}
${guards(args)}
if [ -n "$kp_check" ]; then kp_unknown 'the archive has to be brought to the host to be compared'; return 0; fi
kp_stage ${place} ${digest('sha256', place).slice(0, 16)} ${partial(content)} || return 1
kp_set folder "$kp_staging"`;
  return program(first, {
    next: (report) => {
      const folder = report.text('folder');
      if (folder === undefined) return undefined;
      const archive = posix.join(folder, partial(content));
      return program(
        sh`kp_a=${archive} kp_folder=${folder}
kp_stat "$kp_a"
if ! kp_sum "$kp_a" || [ "$kp_line" != ${digest('sha256', content)} ]; then
  rm -rf -- "$kp_folder"; kp_fail 'what arrived is not what was sent'; return 1
fi
kp_note "$kp_folder"
${unpack(args, sh`rm -rf -- "$kp_folder"`)}`,
        { uploads: [{ path: archive, content, isPublic }] },
      );
    },
  });
}

const switches: Readonly<Record<string, readonly string[]>> = {
  TgzArchive: ['-z'],
  TarBzipArchive: ['-j'],
  TarXzArchive: ['-J'],
  TarZstdArchive: ['--zstd'],
};

/** What unpacked it, and what that said. */
function extractionOf(report: Report, args: Arguments, archive: string): Mapping {
  const handler = report.text('handler') ?? '';
  const rc = report.text('extract_rc');
  if (rc === undefined) return {};
  const dest = plain(args.dest);
  const tar = ['tar', '-x', ...(switches[handler] ?? []), ...(args.keep_newer ? ['--keep-newer-files'] : [])];
  const members = args.exclude.map((name) => `--exclude=${name}`);
  const without = args.exclude.length > 0 ? ['-x', ...args.exclude] : [];
  const unzip = ['unzip', args.keep_newer ? '-uo' : '-o', ...args.extra_opts, archive, ...args.include, ...without];
  const cmd =
    handler === 'ZipArchive'
      ? [...unzip, '-d', dest]
      : [...tar, '-C', dest, '-f', archive, ...args.extra_opts, ...members, ...args.include];
  const [out, err] = [report.text('extract_out') ?? '', report.text('extract_err') ?? ''];
  return { extract_results: { cmd, rc: Number(rc), out, err } };
}

function interpret(report: Report, args: Arguments): Interpretation {
  const skipped = report.text('skipped');
  if (skipped !== undefined) return { status: 'skipped', result: { msg: skipped, dest: args.dest } };
  const files = report.text('files');
  const names = files === undefined ? {} : { files: files.split('\n').filter((name) => name !== '') };
  const archive = report.text('archive') ?? args.src;
  const found = { ...texts(report, ['handler']), ...extractionOf(report, args, archive) };
  return { result: withFailure(report, { ...factsOf(report), dest: args.dest, src: archive, ...found, ...names }) };
}

export const unarchive = defineTask({
  name: 'unarchive',
  summary: 'Unpacks a tar or zip archive on the host.',
  description:
    'An archive of the control machine is sent each time it has to be compared, as copy sends large files: say creates ' +
    'where you can. With --hand-on an archive that everybody on the control machine may read goes on from host to host, ' +
    'unless mode lets only some read what is in it.',
  parameters,
  returns: {
    dest: 'the directory',
    src: 'the archive on the host',
    files: 'names of the members, with list_files',
    handler: 'kind of archive: TarArchive, TgzArchive, TarBzipArchive, TarXzArchive, TarZstdArchive or ZipArchive',
    extract_results: 'cmd, rc, out and err of what unpacked it, where something was unpacked',
    state: 'directory',
    mode: 'permissions of the directory',
    owner: 'name of its owner',
    group: 'name of its group',
    uid: 'number of its owner',
    gid: 'number of its group',
    size: 'bytes of the directory itself',
  },
  example: `- unarchive:
    src: https://example.com/cni-plugins-linux-amd64-v1.5.1.tgz
    dest: /opt/cni/bin
    remote_src: yes
    creates: /opt/cni/bin/bridge`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    if (args.include.length > 0 && args.exclude.length > 0) {
      return { status: 'failed', result: { msg: 'parameters are mutually exclusive: include|exclude' } };
    }
    return args.remote_src ? remote(args) : local(args, context);
  },
  interpret,
});
