import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { linkAttributes, stateHard, stateLink } from './file/links.js';
import { interpret } from './file/report.js';
import { stateAbsent, stateDirectory, stateFile, stateTouch } from './file/states.js';
import { fileAttributes, furtherAttributes } from './file-attributes.js';
import { ownership } from './written-file.js';

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

export type FileArguments = ArgumentsOf<typeof parameters>;

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

function body(args: FileArguments): Script {
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
