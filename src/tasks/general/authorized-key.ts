import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { interpretEdit } from './reported.js';
import { readUser } from './user-script.js';

const keyType = /^(ssh-|ecdsa-|sk-)/;

/** A line of authorized_keys: what comes before the type are options, what comes after the key is a comment. */
export function parseKey(line: string): { options: string; type: string; key: string; comment: string } | undefined {
  const match = /^(?:((?:[^\s"]|"(?:\\.|[^"\\])*")+)\s+)?((?:ssh-|ecdsa-|sk-)\S+)\s+(\S+)(?:\s+(.*))?$/.exec(
    line.trim(),
  );
  if (!match || keyType.test(match[1] ?? '')) return undefined;
  return { options: match[1] ?? '', type: match[2] ?? '', key: match[3] ?? '', comment: match[4] ?? '' };
}

export const authorizedKey = defineTask({
  name: 'authorized_key',
  collection: 'ansible.posix',
  summary: 'Adds and removes public keys that may log in as a user.',
  parameters: {
    user: text('The user.', { required: true }),
    key: text('The keys, one a line.', { required: true }),
    state: choice('Whether they may log in.', ['present', 'absent'], { default: 'present' }),
    path: path('The file; default: .ssh/authorized_keys of the user.'),
    manage_dir: flag('Whether the directory is made, with its permissions.', { default: true }),
    key_options: text('Options that go before each key.'),
    comment: text('The comment of each key, instead of its own.'),
    exclusive: flag('Whether all other keys are removed.', { default: false }),
  },
  returns: { keyfile: 'the file', key: 'the keys' },
  example: `- authorized_key:
    user: deploy
    key: "{{ lookup('file', 'keys/deploy.pub') }}"`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const lines = args.key.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const keys = lines.map(parseKey);
    const bad = lines.filter((_line, i) => keys[i] === undefined);
    if (bad.length > 0 || lines.length === 0) {
      return { status: 'failed', result: { msg: `invalid key specified: ${bad[0] ?? 'there is none'}` } };
    }
    const entries = keys.flatMap((key) => {
      if (key === undefined) return [];
      const options = args.key_options ?? key.options;
      const entry = [options, key.type, key.key, args.comment ?? key.comment].filter((part) => part !== '').join(' ');
      return [key.key, entry];
    });
    return program(sh`
${readUser(args.user)}
kp_file=${args.path ?? ''}
if [ "$kp_exists" != 1 ]; then
  if [ -n "$kp_check" ]; then
    if [ -n "$kp_exists" ]; then kp_apply; else kp_unknown "the user $kp_u is not there yet"; fi
    return 0
  fi
  kp_fail "Failed to lookup user $kp_u"
  return 1
fi
[ -n "$kp_file" ] || kp_file=$kp_home/.ssh/authorized_keys
kp_set path "$kp_file"
kp_read "$kp_file" || return 1
kp_new= kp_seen=$kp_nl
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  kp_found=
  set -- ${entries}
  while [ "$#" -gt 0 ]; do
    case " $kp_line " in
    '#'*) ;;
    *" $1 "*)
      kp_found=1
      [ ${args.state} = absent ] || { kp_line=$2 kp_seen=$kp_seen$1$kp_nl; }
      break ;;
    esac
    shift 2
  done
  if [ -n "$kp_found" ] && [ ${args.state} = absent ]; then continue; fi
  if [ -z "$kp_found" ] && [ -n ${args.exclusive} ]; then case $kp_line in '#'* | '') ;; *) continue ;; esac; fi
  kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
if [ ${args.state} = present ]; then
  set -- ${entries}
  while [ "$#" -gt 0 ]; do
    case $kp_seen in *"$kp_nl$1$kp_nl"*) ;; *) kp_new=$kp_new$2$kp_nl kp_seen=$kp_seen$1$kp_nl ;; esac
    shift 2
  done
fi
kp_set after "$kp_new"
[ "$kp_new" != "$kp_text" ] || [ ! -f "$kp_file" ] || return 0
[ ${args.state} = present ] || [ -f "$kp_file" ] || return 0
# The file is the user's, who could have put a link there: it is written with the user's own rights where that differs.
if [ -n ${args.manage_dir} ]; then kp_directory "$\{kp_file%/*}" 0700 "$kp_u" "$kp_gid" || return 1; fi
if [ -L "$kp_file" ]; then kp_fail "$kp_file is a link; name the real file with path"; return 1; fi
kp_write "$kp_file" "$kp_new" 0600 "$kp_u" "$kp_gid"`);
  },
  interpret: (report, args) =>
    interpretEdit(report, { user: args.user, key: args.key, keyfile: report.text('path') ?? null }),
});
