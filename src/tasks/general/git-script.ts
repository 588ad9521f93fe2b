import { joinScripts, quote, type Script, sh } from '../../shell/index.js';
import { splitWords } from '../words.js';
import { hostPath } from './host-path.js';

export interface GitWishes {
  repo: string;
  dest: string;
  version: string;
  accept_hostkey: boolean;
  accept_newhostkey: boolean;
  ssh_opts: string | undefined;
  key_file: string | undefined;
  reference: string | undefined;
  remote: string;
  refspec: string | undefined;
  force: boolean;
  depth: number | undefined;
  clone: boolean;
  update: boolean;
  executable: string | undefined;
  bare: boolean;
  umask: string | undefined;
  recursive: boolean;
  single_branch: boolean;
  track_submodules: boolean;
  verify_commit: boolean;
  gpg_whitelist: readonly string[];
  archive: string | undefined;
  archive_prefix: string | undefined;
  separate_git_dir: string | undefined;
}

/** What git calls instead of ssh; git has a shell read it, so its words are quoted. */
function sshCommand(args: GitWishes): string | undefined {
  const words = ['ssh', '-o', 'BatchMode=yes'];
  if (args.accept_newhostkey) words.push('-o', 'StrictHostKeyChecking=accept-new');
  if (args.accept_hostkey) words.push('-o', 'StrictHostKeyChecking=no');
  if (args.key_file !== undefined) words.push('-i', args.key_file, '-o', 'IdentitiesOnly=yes');
  if (args.ssh_opts !== undefined) words.push(...splitWords(args.ssh_opts));
  return words.length === 3 ? undefined : words.map((word) => String(quote(word))).join(' ');
}

/** Functions and variables that the steps share. */
const setting = (args: GitWishes): Script => {
  const ssh = sshCommand(args);
  return joinScripts([
    ssh !== undefined && sh`kp_env GIT_SSH_COMMAND ${ssh}`,
    sh`kp_env GIT_TERMINAL_PROMPT 0
kp_tool=${args.executable ?? 'git'}
command -v "$kp_tool" >/dev/null 2>&1 || {
  if [ -n "$kp_check" ] && kp_predicted package git; then kp_unknown 'git is not installed yet'; return 0; fi
  kp_fail "Failed to find required executable $kp_tool"
  return 1
}
kp_dest=${hostPath(args.dest)} kp_v=${args.version} kp_remote=${args.remote} kp_repo=${args.repo}
case $kp_dest in [/.]*) ;; *) kp_dest=./$kp_dest ;; esac
kp_git() { (umask ${args.umask === undefined ? sh`"$kp_umask"` : sh`${args.umask}`}; exec "$kp_tool" "$@" 9>&-); }
kp_g() { kp_git -C "$kp_dest" "$@"; }
kp_head() { kp_g rev-parse --verify -q HEAD 2>/dev/null; }
kp_here() { if [ -n ${args.bare} ]; then [ -f "$kp_dest/config" ] && [ -d "$kp_dest/objects" ]; else [ -e "$kp_dest/.git" ]; fi; }
# Reads what the remote side has for the version: kp_theirs, and kp_kind: head, branch, tag or commit.
kp_ask() {
  kp_theirs= kp_kind=commit
  if [ "$kp_v" = HEAD ]; then
    kp_kind=head
    kp_out=$(kp_git ls-remote -- "$kp_repo" HEAD 2>&1) || { kp_fail "git ls-remote failed: $kp_out"; return 1; }
  else
    kp_out=$(kp_git ls-remote -- "$kp_repo" "refs/heads/$kp_v" "refs/tags/$kp_v" "refs/tags/$kp_v^{}" 2>&1) ||
      { kp_fail "git ls-remote failed: $kp_out"; return 1; }
  fi
  while IFS=$kp_tab read -r kp_sha kp_ref; do
    case $kp_ref in
    HEAD) kp_theirs=$kp_sha ;;
    "refs/heads/$kp_v") kp_theirs=$kp_sha kp_kind=branch ;;
    "refs/tags/$kp_v") [ "$kp_kind" = branch ] || kp_theirs=$kp_sha kp_kind=tag ;;
    "refs/tags/$kp_v^{}") [ "$kp_kind" = branch ] || kp_theirs=$kp_sha kp_kind=tag ;;
    esac
  done <<EOF
$kp_out
EOF
  case $kp_kind/$kp_v in
  commit/*[!0-9a-f]*) ;;
  commit/????????????????????????????????????????) kp_theirs=$kp_v ;;
  esac
}`,
  ]);
};

const cloning = (args: GitWishes): Script => sh`
  case $kp_dest in */*) kp_dir=$\{kp_dest%/*}; [ -d "$\{kp_dir:-/}" ] || kp_try mkdir -p -- "$kp_dir" || return 1 ;; esac
  set -- clone -q
  if [ -n ${args.bare} ]; then set -- "$@" --bare; else set -- "$@" --origin "$kp_remote"; fi
  if [ -n ${args.depth} ]; then
    case $kp_kind in
    head) set -- "$@" --depth ${args.depth} ;;
    branch | tag) set -- "$@" --depth ${args.depth} --branch "$kp_v" ;;
    esac
  elif [ -n ${args.single_branch} ] && [ "$kp_kind" != commit ]; then
    [ "$kp_kind" = head ] || set -- "$@" --branch "$kp_v"
  fi
  ${args.single_branch ? sh`set -- "$@" --single-branch` : sh``}
  ${args.reference !== undefined ? sh`set -- "$@" --reference ${args.reference}` : sh``}
  ${args.separate_git_dir !== undefined ? sh`set -- "$@" ${`--separate-git-dir=${args.separate_git_dir}`}` : sh``}
  kp_try kp_git "$@" -- "$kp_repo" "$kp_dest" || return 1
  ${args.bare && args.remote !== 'origin' ? sh`kp_try kp_g remote rename origin "$kp_remote" || return 1` : sh``}
  ${args.refspec !== undefined ? sh`kp_try kp_g fetch -q "$kp_remote" ${args.refspec} || return 1` : sh``}`;

const fetching = (args: GitWishes): Script => sh`
  set -- fetch -q --tags
  [ -z ${args.force} ] || set -- "$@" --force
  if [ -n ${args.depth} ] && [ "$kp_kind" != commit ]; then set -- "$@" --depth ${args.depth}; fi
  set -- "$@" -- "$kp_remote"
  if [ -n ${args.bare} ]; then set -- "$@" '+refs/heads/*:refs/heads/*'
  elif [ -n ${args.single_branch} ] && [ "$kp_kind" = branch ]; then set -- "$@" "+refs/heads/$kp_v:refs/remotes/$kp_remote/$kp_v"
  else set -- "$@" "+refs/heads/*:refs/remotes/$kp_remote/*"
  fi
  ${args.refspec !== undefined ? sh`set -- "$@" ${args.refspec}` : sh``}
  kp_try kp_g "$@" || return 1`;

/** The work tree becomes the version; local commits and changes of tracked files go. */
const switching = sh`
kp_switch() {
  case $kp_kind in
  head)
    [ -n "$kp_was" ] || return 0
    kp_line=$(kp_g ls-remote --symref -- "$kp_remote" HEAD 2>/dev/null)
    kp_line=$\{kp_line#ref: refs/heads/}; kp_line=$\{kp_line%%"$kp_tab"*}
    case $kp_line in '' | *"$kp_nl"*) kp_try kp_g reset -q --hard "$kp_theirs" --; return ;; esac
    kp_try kp_g checkout -q --force -B "$kp_line" "refs/remotes/$kp_remote/$kp_line" -- ;;
  branch) kp_try kp_g checkout -q --force -B "$kp_v" "refs/remotes/$kp_remote/$kp_v" -- ;;
  tag) kp_try kp_g checkout -q --force "refs/tags/$kp_v" -- ;;
  commit) kp_try kp_g checkout -q --force "$kp_v" -- ;;
  esac
}`;

const submodules = (args: GitWishes): Script => sh`
if [ -f "$kp_dest/.gitmodules" ]; then
  kp_modules=$(kp_g submodule status --recursive 2>/dev/null)
  kp_try kp_g submodule sync -q --recursive &&
    kp_try kp_g submodule update -q --init --recursive --force ${args.track_submodules ? ['--remote'] : []} || return 1
  [ "$kp_modules" = "$(kp_g submodule status --recursive 2>/dev/null)" ] || kp_changed=1
fi`;

const verifying = (args: GitWishes): Script => sh`
case $kp_kind in
tag) kp_sig=$(kp_g verify-tag --raw "$kp_v" 2>&1) ;;
*) kp_sig=$(kp_g verify-commit --raw HEAD 2>&1) ;;
esac || { kp_fail "Failed to verify GPG signature of commit/tag \"$kp_v\": $kp_sig"; return 1; }
if [ -n ${args.gpg_whitelist.join('')} ]; then
  kp_good=
  for kp_i in ${args.gpg_whitelist}; do case $kp_sig in *' VALIDSIG '*"$kp_i"*) kp_good=1 ;; esac; done
  [ -n "$kp_good" ] || { kp_fail "The gpg_whitelist does not include the public key of \"$kp_v\""; return 1; }
fi`;

function archiving(args: GitWishes): Script | undefined {
  const { archive } = args;
  if (archive === undefined) return undefined;
  const format = /\.zip$/.test(archive) ? 'zip' : /\.(tar\.gz|tgz|gz)$/.test(archive) ? 'tar.gz' : 'tar';
  return sh`
kp_p=${hostPath(archive)}
kp_parent "$kp_p" || return 1
kp_stat "$kp_p"
kp_temp "$kp_p"
kp_try kp_g archive ${`--format=${format}`} ${args.archive_prefix === undefined ? [] : [`--prefix=${args.archive_prefix}`]} -o "$kp_tmp" HEAD || { rm -f -- "$kp_tmp"; return 1; }
if [ "$kp_type" = file ] && cmp -s "$kp_tmp" "$kp_p"; then rm -f -- "$kp_tmp"
else kp_apply; kp_changed=1; kp_install "$kp_tmp" "$kp_p" '' '' '' || return 1
fi`;
}

/** A repository that is there goes where it is wanted apart from the work tree. */
const moving = (wanted: string): Script => sh`
  kp_p=${hostPath(wanted)}
  kp_i=$(kp_g rev-parse --absolute-git-dir 2>/dev/null)
  if [ -n "$kp_i" ] && [ "$kp_i" != "$(readlink -f -- "$kp_p")" ]; then
    if [ -e "$kp_p" ]; then kp_fail "Separate-git-dir path $kp_p already exists."; return 1; fi
    kp_changed=1
    if kp_apply; then
      kp_try mv -- "$kp_i" "$kp_p" && printf 'gitdir: %s\n' "$kp_p" >"$kp_dest/.git" || return 1
      kp_set git_dir_before "$kp_i"; kp_set git_dir_now "$kp_p"
    fi
  fi`;

/**
 * Brings the repository about. Reports `before` and `after` (commits), `url_changed`. In check mode the remote side is
 * asked what it has, and nothing is fetched.
 */
export const gitScript = (args: GitWishes): Script => sh`
${setting(args)}
kp_was= kp_changed=
if ! kp_here; then
  kp_ask || return 1
  if [ -n "$kp_check" ] || [ -z ${args.clone} ]; then
    kp_apply
    kp_set after "$kp_theirs"
    return 0
  fi
  kp_apply
${cloning(args)}
else
${args.separate_git_dir === undefined ? sh`` : moving(args.separate_git_dir)}
  kp_was=$(kp_head)
  kp_set before "$kp_was"
  if [ -z ${args.update} ]; then kp_set after "$kp_was"; return 0; fi
  kp_dirty=
  ${!args.bare ? sh`kp_dirty=$(kp_g --no-optional-locks status --porcelain --untracked-files=no --ignore-submodules=all 2>/dev/null)` : sh``}
  if [ -n "$kp_dirty" ] && [ -z ${args.force} ]; then
    kp_fail "Local modifications exist in the destination: $kp_dest (force=no)."
    return 1
  fi
  kp_url=$(kp_g config --get "remote.$kp_remote.url" 2>/dev/null)
  if [ "$kp_url" != "$kp_repo" ]; then
    kp_changed=1
    kp_set url_changed 1
  fi
  kp_ask || return 1
  if [ -n "$kp_check" ]; then
    kp_set after "$\{kp_theirs:-$kp_was}"
    if [ "$kp_was" != "$\{kp_theirs:-$kp_was}" ] || [ -n "$kp_changed$kp_dirty" ]; then kp_apply; fi
    return 0
  fi
  if [ -n "$kp_changed" ]; then
    kp_apply
    if [ -n "$kp_url" ]; then kp_try kp_g remote set-url -- "$kp_remote" "$kp_repo" || return 1
    else kp_try kp_g remote add -- "$kp_remote" "$kp_repo" || return 1
    fi
  fi
  if [ -n "$kp_dirty" ]; then
    kp_apply
    kp_changed=1
    kp_try kp_g reset -q --hard HEAD || return 1
  fi
${fetching(args)}
fi
${switching}
${!args.bare ? sh`kp_switch || return 1` : sh``}
${!args.bare && args.recursive ? submodules(args) : sh``}
${args.verify_commit ? verifying(args) : sh``}
kp_now=$(kp_head)
kp_set after "$kp_now"
${archiving(args) ?? sh``}
if [ "$kp_was" != "$kp_now" ] || [ -n "$kp_changed" ]; then kp_apply; fi
return 0`;
