import { kubeconfigSecrets, mergeKubeconfig } from '../../kubernetes/kubeconfig.js';
import { joinScripts, sh } from '../../shell/index.js';
import { flag, localPath, text } from '../parameters.js';
import { defineTask, type Interpretation, program } from '../task.js';
import { ADMIN_CONF } from './parts/kubeadm.js';
import { plainFields } from './parts/report.js';

export const kubeconfig = defineTask({
  name: 'kubeconfig',
  collection: 'kprov.kubernetes',
  summary: "Gives a user on the host, and the control machine on request, the cluster's admin.conf.",
  description:
    'A kubeconfig that is nothing but an admin.conf of kubeadm is replaced; one with clusters of your own is left alone. On the control machine the cluster is merged in under its own name.',
  parameters: {
    user: text('Whose ~/.kube/config is written. Default: the login user.'),
    on_host: flag('Whether it is written on the host.', { default: true }),
    local_path: localPath('kubeconfig on the control machine that the cluster is merged into.'),
    name: text('Name of cluster, user and context there.', { default: 'kprov' }),
    server: text('URL of the API server as the control machine reaches it. Default: what admin.conf says.'),
  },
  returns: { path: 'the file on the host', local_path: 'the file on the control machine' },
  example: `- name: kubectl works on the first control plane and here
  kubeconfig:
    local_path: ~/.kube/config
    name: shop`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      joinScripts([
        sh`
if [ ! -e ${ADMIN_CONF} ]; then
  if [ -n "$kp_check" ] && kp_predicted cluster ${ADMIN_CONF}; then kp_apply; return 0; fi
  [ -z "$kp_check" ] || { kp_unknown 'there is no cluster on this host yet'; return 0; }
  kp_fail "there is no "${ADMIN_CONF}" on this host"
  return 1
fi
kp_read ${ADMIN_CONF} || { kp_fail 'cannot read '${ADMIN_CONF}; return 1; }
kp_k_admin=$kp_text`,
        args.local_path !== undefined && sh`kp_open admin_conf; cat ${ADMIN_CONF}; kp_close`,
        args.on_host &&
          sh`
# Who logged in, where root is somebody else's sudo.
kp_k_user=${args.user}
[ -n "$kp_k_user" ] || kp_k_user=$\{SUDO_USER:-$(id -un)}
kp_k_home= kp_k_group=
while IFS=: read -r kp_k_name _ _ kp_k_gid _ kp_k_dir _; do
  [ "$kp_k_name" != "$kp_k_user" ] || { kp_k_home=$kp_k_dir; kp_k_group=$kp_k_gid; }
done </etc/passwd
[ -n "$kp_k_home" ] || { kp_line=$(getent passwd "$kp_k_user") && { kp_line=$\{kp_line%:*}; kp_k_home=$\{kp_line##*:}; kp_k_group=$(id -g "$kp_k_user"); }; }
[ -n "$kp_k_home" ] || { kp_fail "there is no user $kp_k_user on this host"; return 1; }
kp_k_file=$kp_k_home/.kube/config
kp_set path "$kp_k_file"
kp_read "$kp_k_file"
case $kp_text in
"$kp_k_admin" | '') ;;
*'- cluster:'*'- cluster:'*) kp_set kept 1; return 0 ;;
*'current-context: kubernetes-admin@kubernetes'*) ;;
*) kp_set kept 1; return 0 ;;
esac
if [ ! -d "$kp_k_home/.kube" ]; then
  if kp_apply; then
    kp_try mkdir -m 750 -- "$kp_k_home/.kube" && kp_try chown "$kp_k_user:$kp_k_group" "$kp_k_home/.kube" || return 1
  else
    kp_predict path "$kp_k_home/.kube" "directory 0750 $kp_k_user $kp_k_group"
  fi
fi
# Its diff would show the key.
kp_diff= kp_write "$kp_k_file" "$kp_k_admin" 0600 "$kp_k_user" "$kp_k_group"`,
      ]),
    ),
  interpret: (report, args, context): Interpretation => {
    const result = plainFields(report, ['path', 'msg', 'reason', 'output']);
    if (report.text('kept') !== undefined) {
      result.msg = `${result.path} has clusters of its own and was left alone`;
    }
    const admin = report.text('admin_conf');
    if (admin === undefined || args.local_path === undefined || report.status === 'failed') return { result };
    const local = context.local(args.local_path);
    const before = context.files.read(local) ?? '';
    const merged = mergeKubeconfig(before, admin, {
      name: args.name,
      ...(args.server !== undefined && { server: args.server }),
    });
    const content = new TextEncoder().encode(merged);
    const isChanged = merged !== before;
    return {
      result: { ...result, local_path: local },
      secrets: kubeconfigSecrets(admin),
      ...(isChanged && { status: 'changed' as const }),
      ...(isChanged && !context.checkMode && { save: [{ path: local, content, mode: 0o600 }] }),
    };
  },
});
