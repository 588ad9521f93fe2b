import { sh } from '../../shell/index.js';
import { flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { hostPath } from './host-path.js';
import { withFailure } from './reported.js';

export const subversion = defineTask({
  name: 'subversion',
  summary: 'Checks a subversion repository out.',
  description: 'With the svn of the host. A password goes to its standard input.',
  parameters: {
    repo: text('Address of the repository.', { required: true, aliases: ['name', 'repository'] }),
    dest: path('Where it goes.'),
    revision: text('The revision.', { default: 'HEAD', aliases: ['rev', 'version'] }),
    force: flag('Whether local changes are thrown away; otherwise they are a failure.', { default: false }),
    in_place: flag('Whether a directory that is there becomes the work tree.', { default: false }),
    username: text('User of the repository.'),
    password: text('The password.', { secret: true }),
    executable: path('The svn to call. Default: the one that is found.'),
    checkout: flag('Whether a work tree that is not there is checked out.', { default: true }),
    update: flag('Whether one that is there is updated.', { default: true }),
    export: flag('Whether only the files are brought, without a work tree.', { default: false }),
    switch: flag('Whether the work tree is switched to the address first.', { default: true }),
    validate_certs: flag('Whether the certificate of the server is checked.', { default: false }),
  },
  returns: { before: 'revision and address before', after: 'revision and address after' },
  example: `- subversion:
    repo: svn+ssh://example.com/trunk
    dest: /srv/trunk`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.dest === undefined && (args.checkout || args.update || args.export)) {
      const msg = 'the destination directory must be specified unless checkout=no, update=no, and export=no';
      return { status: 'failed', result: { msg } };
    }
    return program(sh`
kp_svn=${args.executable ?? 'svn'}
command -v "$kp_svn" >/dev/null 2>&1 || {
  if [ -n "$kp_check" ] && kp_predicted package subversion; then kp_unknown 'svn is not installed yet'; return 0; fi
  kp_fail "Failed to find required executable $kp_svn"
  return 1
}
kp_s() {
  ${args.password === undefined ? sh`` : sh`set -- --password-from-stdin "$@"`}
  ${args.username !== undefined ? sh`set -- ${`--username=${args.username}`} "$@"` : sh``}
  ${!args.validate_certs ? sh`set -- --trust-server-cert-failures=unknown-ca,cn-mismatch,expired,not-yet-valid,other "$@"` : sh``}
  set -- --non-interactive --no-auth-cache "$@"
  ${args.password === undefined ? sh`"$kp_svn" "$@"` : sh`printf %s ${args.password} | "$kp_svn" "$@"`}
}
kp_dest=${args.dest === undefined ? sh`` : hostPath(args.dest)}
case $kp_dest in [/.]* | '') ;; *) kp_dest=./$kp_dest ;; esac
kp_info() { kp_s info -- "$1" 2>/dev/null | sed -n '/^Revision:/p; /^URL:/p'; }
if [ -z "$kp_dest" ]; then kp_set after "$(kp_info ${args.repo})"; return 0; fi
if [ -n ${args.export} ] || ! { [ -d "$kp_dest" ] && kp_s info -- "$kp_dest" >/dev/null 2>&1; }; then
  if [ -e "$kp_dest" ] && [ -z ${args.export || args.in_place || args.force} ]; then
    kp_fail "ERROR: $kp_dest folder already exists, but its not a subversion repository."
    return 1
  fi
  if [ -n ${args.export} ] && [ -e "$kp_dest" ] && [ -z ${args.force} ]; then kp_fail "$kp_dest exists, and force is off"; return 1; fi
  [ -n ${args.checkout || args.export} ] || return 0
  kp_apply || return 0
  if [ -n ${args.export} ]; then kp_try kp_s export -q ${args.force ? ['--force'] : []} -r ${args.revision} -- ${args.repo} "$kp_dest" || return 1; return 0; fi
  kp_try kp_s checkout -q ${args.in_place || args.force ? ['--force'] : []} -r ${args.revision} -- ${args.repo} "$kp_dest" || return 1
  kp_set after "$(kp_info "$kp_dest")"
  return 0
fi
kp_was=$(kp_info "$kp_dest")
kp_set before "$kp_was"
if [ -z ${args.update} ]; then kp_set after "$kp_was"; return 0; fi
kp_dirty=$(kp_s status -q --ignore-externals -- "$kp_dest" 2>/dev/null | sed '/^X/d')
if [ -n "$kp_dirty" ] && [ -z ${args.force} ]; then kp_fail 'ERROR: modified files exist in the repository.'; return 1; fi
if [ -n "$kp_check" ]; then
  kp_line=$(kp_s info -r ${args.revision} -- ${args.repo} 2>/dev/null | sed -n 's/^Last Changed Rev: //p')
  kp_here=$(kp_s info -- "$kp_dest" 2>/dev/null | sed -n 's/^Last Changed Rev: //p')
  if [ -n "$kp_dirty" ] || [ "$kp_line" != "$kp_here" ]; then kp_apply; fi
  return 0
fi
if [ -n "$kp_dirty" ]; then kp_apply; kp_try kp_s revert -q -R -- "$kp_dest" || return 1; fi
${args.switch ? sh`kp_try kp_s switch -q --ignore-ancestry -r ${args.revision} -- ${args.repo} "$kp_dest" || return 1` : sh``}
kp_try kp_s update -q -r ${args.revision} -- "$kp_dest" || return 1
kp_now=$(kp_info "$kp_dest")
kp_set after "$kp_now"
if [ "$kp_was" != "$kp_now" ]; then kp_apply; fi
return 0`);
  },
  interpret: (report) => {
    const lines = (name: string) =>
      report
        .text(name)
        ?.split('\n')
        .filter((line) => line !== '');
    const before = lines('before');
    const after = lines('after');
    return { result: withFailure(report, { ...(before && { before }), ...(after && { after }) }) };
  },
});
