import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, path, text } from '../parameters.js';
import { defineTask, type Interpretation, program, type Report, type TaskContext } from '../task.js';
import { fileAttributes, furtherAttributes } from './file-attributes.js';
import { recursion } from './file-recurse.js';
import { type FileTime, parseFileTime } from './file-times.js';
import { withFailure } from './reported.js';
import { attributeChanges, factsOf, ownership, settingsOfPath } from './written-file.js';

const timeFormat = '%Y%m%d%H%M.%S';

const parameters = {
  path: path('The path.', { required: true, aliases: ['dest', 'name'] }),
  state: choice(
    'file, hard and link: that is what it is to be (an absent file is not made); directory: made with its parents; ' +
      'touch: made empty, or its times renewed; absent: removed, a directory with all that is in it. Default: what is ' +
      'there, else file (directory with recurse).',
    ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
  ),
  src: path('What the link points to.'),
  recurse: flag('Whether everything in the directory gets the same mode, owner and group.', { default: false }),
  force: flag('Whether a link may point to nothing, and may replace a file or an empty directory.', { default: false }),
  follow: flag('Whether a link at path is followed.', { default: true }),
  modification_time: text('preserve, now, or a time. Default: now for touch, preserve otherwise.'),
  modification_time_format: text('Format of modification_time.', { default: timeFormat }),
  access_time: text('preserve, now, or a time. Default: now for touch, preserve otherwise.'),
  access_time_format: text('Format of access_time.', { default: timeFormat }),
  ...ownership,
  ...fileAttributes,
  _original_basename: text('Set by Ansible’s own actions; without effect.'),
  _diff_peek: flag('Tells only whether the file looks binary (`appears_binary`).'),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

const attributes = (args: Arguments) => sh`${args.mode} ${args.owner} ${args.group}`;

const follow = (args: Arguments) =>
  args.follow
    ? sh`if [ "$kp_type" = link ]; then kp_real "$kp_p" || return 1; kp_p=$kp_path; kp_stat "$kp_p"; fi`
    : sh``;

const timeFormats = { m: '%Y', a: '%X' } as const;

/** Tells a time of before and after, for the diff. */
const tellTime = (letter: 'm' | 'a'): Script => sh`
kp_set ${`before_${letter}time`} "$(stat -c ${timeFormats[letter]} -- "$kp_p" 2>/dev/null)"
kp_set ${`after_${letter}time`} "$kp_at"`;

/** One time: -m or -a of touch. */
function setTime(letter: 'm' | 'a', wanted: FileTime): Script {
  if (wanted === 'preserve') return sh``;
  if (wanted === 'now') {
    return sh`kp_at=$(date +%s)
${tellTime(letter)}
if kp_apply; then kp_try touch ${`-${letter}`} -- "$kp_p" || return 1; fi`;
  }
  return sh`
kp_at=$(date -d ${wanted.at} +%s) || { kp_fail ${`the time ${wanted.at} is not understood`}; return 1; }
if [ "$(stat -c ${timeFormats[letter]} -- "$kp_p" 2>/dev/null)" != "$kp_at" ]; then
  ${tellTime(letter)}
  if kp_apply; then kp_try touch ${`-${letter}`} -d ${wanted.at} -- "$kp_p" || return 1; fi
fi`;
}

function times(args: Arguments, state: 'touch' | 'other'): Script {
  const fallback = state === 'touch' ? 'now' : 'preserve';
  const modified = parseFileTime(args.modification_time, args.modification_time_format, fallback);
  const accessed = parseFileTime(args.access_time, args.access_time_format, fallback);
  if (modified === 'now' && accessed === 'now') {
    // Who may write to a file may set both to the present at once, though it is not his.
    return sh`kp_at=$(date +%s)
${tellTime('m')}
${tellTime('a')}
if kp_apply; then kp_try touch -- "$kp_p" || return 1; fi`;
  }
  return joinScripts([setTime('m', modified), setTime('a', accessed)]);
}

const stateFile = (args: Arguments): Script => sh`
${follow(args)}
case $kp_type in
file | other) ;;
absent)
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_p is not there yet"; return 0; fi
  kp_cannot "file ($kp_p) is absent, cannot continue" ;;
*) kp_cannot "file ($kp_p) is $kp_type, cannot continue" ;;
esac || return 1
kp_bring "$kp_p" ${attributes(args)} || return 1
${times(args, 'other')}`;

const stateDirectory = (args: Arguments): Script => sh`
${follow(args)}
if [ "$kp_type" = absent ]; then kp_from absent directory
elif [ -n "$kp_nobody" ]; then kp_cannot "chown failed: $kp_nobody"; return 1
fi
kp_directory "$kp_p" ${attributes(args)} || return 1
${args.recurse ? recursion(args) : sh``}
${times(args, 'other')}`;

const stateTouch = (args: Arguments): Script => sh`
${follow(args)}
if [ "$kp_type" = absent ]; then
  kp_parent "$kp_p" || return 1
  kp_from absent touch
  kp_write "$kp_p" '' ${attributes(args)} || return 1
else
  kp_bring "$kp_p" ${attributes(args)} || return 1
fi
${times(args, 'touch')}`;

const stateAbsent = sh`
[ "$kp_type" != absent ] || { kp_set "stat$kp_key" "absent     /"; return 0; }
kp_from "$kp_type" absent
if [ "$kp_type" = directory ] && [ -d "$kp_p" ]; then
  kp_open directories; find "$kp_p" ! -path "$kp_p" -type d; kp_close
  kp_open files; find "$kp_p" ! -path "$kp_p" ! -type d; kp_close
fi
if kp_apply; then
  if [ "$kp_type" = directory ]; then kp_try rm -rf -- "$kp_p"; else kp_try rm -f -- "$kp_p"; fi || return 1
else kp_predict path "$kp_p" 'absent'
fi`;

/** Attributes of what the link points to, or of the link itself; of a link to nothing there are none to set. */
const linkAttributes = (args: Arguments): Script =>
  [args.owner, args.group, args.mode, args.attributes, args.seuser, args.serole, args.setype, args.selevel].every(
    (wanted) => wanted === undefined,
  )
    ? times(args, 'other')
    : sh`
kp_link=$kp_p
kp_stat "$kp_p"
${follow(args)}
if [ "$kp_type" != absent ]; then
  kp_bring "$kp_p" ${attributes(args)} || return 1
  ${times(args, 'other')}
fi
kp_p=$kp_link`;

function stateLink(args: Arguments): Script {
  if (args.src === undefined) {
    return sh`
case $kp_type in
link) ;;
*) kp_fail 'src is required for creating new symlinks'; return 1 ;;
esac
${linkAttributes(args)}`;
  }
  const target = posix.isAbsolute(args.src) ? args.src : posix.join(posix.dirname(args.path), args.src);
  return sh`
kp_src=${args.src}
if [ -z ${args.force} ] && ! kp_is_there ${target}; then
  if [ -n "$kp_dry" ]; then kp_unknown ${`${target} is not there yet`}; return 0; fi
  kp_fail ${`src file does not exist, use "force=yes" if you really want to create the link: ${target}`}
  return 1
fi
case $kp_type in
absent) ;;
link)
  kp_old=$(readlink -- "$kp_p")
  if kp_predicted link "$kp_p"; then kp_old=$kp_value; fi ;;
directory)
  [ -n ${args.force} ] || { kp_cannot "refusing to convert from directory to symlink for $kp_p"; return 1; }
  if [ -n "$(ls -A -- "$kp_p" 2>/dev/null)" ]; then
    kp_cannot "the directory $kp_p is not empty, refusing to convert it"; return 1
  fi ;;
*) [ -n ${args.force} ] || { kp_cannot "refusing to convert from $kp_type to symlink for $kp_p"; return 1; } ;;
esac
if [ "$kp_type" != link ] || [ "$kp_old" != "$kp_src" ]; then
  [ "$kp_type" != link ] || { kp_set before_src "$kp_old"; kp_set after_src "$kp_src"; }
  [ "$kp_type" = link ] || kp_from "$kp_type" link
  kp_parent "$kp_p" || return 1
  if kp_apply; then
    if [ "$kp_type" = directory ]; then kp_try rmdir -- "$kp_p" || return 1; fi
    kp_try ln -sfn -- "$kp_src" "$kp_p" || return 1
  else
    kp_foresee "$kp_p" link 0777 '' ''
    kp_predict link "$kp_p" "$kp_src"
    return 0
  fi
fi
${linkAttributes(args)}`;
}

function stateHard(args: Arguments): Script {
  if (args.src === undefined) {
    return sh`
if [ "$kp_type" != file ] || [ "$(stat -c %h -- "$kp_p")" -lt 2 ]; then
  kp_fail 'src is required for creating new hardlinks'; return 1
fi
kp_bring "$kp_p" ${attributes(args)} || return 1
${times(args, 'other')}`;
  }
  return sh`
kp_src=${args.src}
if ! kp_is_there "$kp_src"; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_src is not there yet"; return 0; fi
  kp_fail 'src does not exist'; return 1
fi
if ! { [ "$kp_type" = file ] && [ "$kp_p" -ef "$kp_src" ]; } && ! { kp_predicted hard "$kp_p" && [ "$kp_value" = "$kp_src" ]; }; then
  case $kp_type in
  absent | link) ;;
  file) [ -n ${args.force} ] || { kp_fail 'Cannot link, file exists at destination'; return 1; } ;;
  *) kp_fail "Cannot link, $kp_type exists at destination"; return 1 ;;
  esac
  kp_from "$kp_type" hard
  kp_parent "$kp_p" || return 1
  if kp_apply; then
    kp_temp "$kp_p"
    kp_try ln -- "$kp_src" "$kp_tmp" || return 1
    kp_replace_link "$kp_tmp" "$kp_p" || { rm -f -- "$kp_tmp"; return 1; }
    kp_stat "$kp_p"
  else
    kp_foresee_file "$kp_p" '' '' ''
    kp_predict hard "$kp_p" "$kp_src"
    return 0
  fi
fi
kp_bring "$kp_p" ${attributes(args)} || return 1
${times(args, 'other')}`;
}

/** A failure says what is there. */
const helpers = sh`
kp_bring() { [ -z "$kp_nobody" ] || { kp_cannot "chown failed: $kp_nobody"; return 1; }; kp_attributes "$@"; }
kp_cannot() { kp_set path "$kp_p"; kp_facts "$kp_p"; kp_fail "$1"; }
kp_from() { kp_set before_state "$1"; kp_set after_state "$2"; }
kp_is_there() {
  if kp_foreseen "$1"; then case $kp_value in absent*) return 1 ;; *) return 0 ;; esac; fi
  [ -e "$1" ]
}`;

/** In check mode the owner need not be there yet: that he is missing is told, and fails what only he lacks. */
function lookUp(kind: 'user' | 'group', name: string | undefined): Script {
  if (name === undefined) return sh``;
  const table = kind === 'user' ? 'passwd' : 'group';
  const id = /^\d+$/.test(name) ? ` with ${kind === 'user' ? 'uid' : 'gid'}` : '';
  const what = `failed to look up ${kind}${id} ${name}`;
  return sh`
if [ -n "$kp_check" ] && ! kp_predicted ${kind} ${name} && ! getent ${table} ${name} >/dev/null 2>&1; then
  kp_set ${`no_${kind}`} ${`${what}. Create ${kind} up to this point in real play`}
  [ -n "$kp_dry" ] || [ -n ${id} ] || kp_nobody=${what}
fi`;
}

/** Does it hold a NUL byte near its beginning? */
const peek = (path: string): Script => sh`
kp_set path ${path}
[ "$(head -c 8192 -- ${path} 2>/dev/null | tr -d '\000' | wc -c)" = "$(head -c 8192 -- ${path} 2>/dev/null | wc -c)" ] || kp_set binary 1`;

function body(args: Arguments): Script {
  switch (args.state) {
    case 'file':
      return stateFile(args);
    case 'directory':
      return stateDirectory(args);
    case 'touch':
      return stateTouch(args);
    case 'absent':
      return stateAbsent;
    case 'link':
      return stateLink(args);
    case 'hard':
      return stateHard(args);
    default:
      return sh`
case $kp_type in
directory) ${stateDirectory(args)} ;;
link) ${linkAttributes(args)} ;;
absent) ${args.recurse ? stateDirectory(args) : stateFile(args)} ;;
*) ${stateFile(args)} ;;
esac`;
  }
}

/** Paths that a directory holds, as Ansible lists them where it is removed. */
function contents(report: Report): Mapping {
  const lines = (field: string) =>
    (report.text(field) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  if (report.text('directories') === undefined) return {};
  return { path_content: { directories: lines('directories'), files: lines('files') } };
}

function interpret(report: Report, args: Arguments, { diffMode }: TaskContext): Interpretation {
  const place = report.text('path') ?? args.path;
  if (args._diff_peek !== undefined) {
    return { result: withFailure(report, { path: place, appears_binary: report.text('binary') !== undefined }) };
  }
  const { before, after } = attributeChanges(report);
  for (const name of ['state', 'src', 'mtime', 'atime']) {
    const [old, now] = [report.text(`before_${name}`), report.text(`after_${name}`)];
    if (old === undefined || now === undefined || old === now) continue;
    const isTime = name.endsWith('time');
    before[name] = isTime ? Number(old) : old;
    after[name] = isTime ? Number(now) : now;
  }
  Object.assign(before, contents(report));
  const warnings = ['no_user', 'no_group'].flatMap((field) => report.text(field) ?? []);
  const named =
    args.state === 'link' || args.state === 'hard' || args.state === 'touch' ? { dest: place } : { path: place };
  const facts = factsOf(report);
  const state = facts.state === 'file' && args.state === 'hard' ? { state: 'hard' } : {};
  return {
    result: withFailure(report, {
      ...named,
      ...(args.src !== undefined && { src: args.src }),
      ...facts,
      ...state,
      ...(report.status !== 'failed' && {
        diff: { before: { path: place, ...before }, after: { path: place, ...after } },
      }),
      ...(warnings.length > 0 && { warnings }),
    }),
    diff: diffMode ? settingsOfPath(place, before, after) : [],
  };
}

export const file = defineTask({
  name: 'file',
  summary: 'Makes and removes directories, links and empty files, and sets permissions and owners.',
  parameters,
  returns: {
    path: 'the path, with state absent, directory and file',
    dest: 'the path, with state hard, link and touch',
    state: 'what is there now: absent, file, directory, link, hard',
    mode: 'permissions, four octal digits',
    owner: 'name of the owner',
    group: 'name of the group',
    uid: 'its number',
    gid: 'its number',
    size: 'bytes',
  },
  example: `- file: {path: /etc/kubernetes/manifests, state: directory, mode: "0755"}

- file: {path: /etc/resolv.conf, src: /run/systemd/resolve/resolv.conf, state: link, force: yes}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.recurse && args.state !== undefined && args.state !== 'directory') {
      throw new KprovError('bad-argument', "file: recurse option requires state to be 'directory'");
    }
    if (args.src !== undefined && args.state !== 'link' && args.state !== 'hard') {
      throw new KprovError('bad-argument', "file: src option requires state to be 'link' or 'hard'");
    }
    if (args._diff_peek !== undefined) return program(peek(args.path));
    const plain = args.path.replace(/(?<=.)\/+$/, '');
    const inside = args.state === 'hard' && args.src !== undefined ? posix.basename(args.src) : undefined;
    return program(
      joinScripts([
        helpers,
        furtherAttributes(args),
        sh`kp_nobody=`,
        ...(args.state === 'absent' ? [] : [lookUp('user', args.owner), lookUp('group', args.group)]),
        // Ansible's result has the diff whether it is shown or not.
        sh`kp_diff=1 kp_p=${plain}`,
        inside !== undefined && sh`if kp_is_directory "$kp_p"; then kp_p=${posix.join(plain, inside)}; fi`,
        sh`kp_stat "$kp_p"`,
        body(args),
        sh`kp_set path "$kp_p"
kp_facts "$kp_p"`,
      ]),
      args.recurse ? {} : { looks: [plain] },
    );
  },
  interpret,
});
