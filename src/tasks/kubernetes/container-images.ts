import { joinScripts, sh } from '../../shell/index.js';
import { choice, list, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { packageFunctions } from './parts/packages.js';
import { plainFields } from './parts/report.js';

/** What an archive held the last time: names only, checked against the runtime each time. */
const KNOWN = '/var/lib/kprov/images';

export const containerImages = defineTask({
  name: 'container_images',
  collection: 'kprov.kubernetes',
  summary: 'Loads images from archives into the container runtime, for clusters without a registry.',
  description:
    'Archives are those of `docker save` or `ctr images export`, plain or compressed with gzip, xz or zstd. An archive is loaded again only where an image that it held is no longer in the runtime.',
  parameters: {
    archives: list('URLs, or paths on the host.', { required: true }),
    runtime: choice('The runtime.', ['containerd', 'docker'], { default: 'containerd' }),
    namespace: text("containerd's namespace.", { default: 'k8s.io' }),
  },
  returns: { loaded: 'the images that were loaded' },
  example: `- name: Images of an offline cluster
  container_images:
    archives: [http://mirror.example/images/kube-proxy.tar.xz]`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.archives.length === 0) return { status: 'ok', result: { loaded: [] } };
    return program(
      joinScripts([
        packageFunctions,
        sh`
kp_k_loaded=
# kp_k_images: the images that the runtime has, one a line, between newlines.
kp_k_images() {
  case ${args.runtime} in
  docker) kp_k_have=$(docker image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null) ;;
  *) kp_k_have=$(ctr -n ${args.namespace} images ls -q 2>/dev/null) ;;
  esac
  kp_k_have=$kp_nl$kp_k_have$kp_nl
}
kp_k_images
kp_k_load() {
  set -- "$1" "$(printf '%s' "$1" | cksum)"
  set -- "$1" ${KNOWN}"/$\{2%% *}"
  if [ -s "$2" ]; then
    kp_k_all=1
    while read -r kp_k_image; do
      case $kp_k_have in *"$kp_nl$kp_k_image$kp_nl"*) ;; *) kp_k_all= ;; esac
    done <"$2"
    [ -z "$kp_k_all" ] || return 0
  fi
  kp_apply || return 0
  mkdir -p -m 700 ${KNOWN}
  case $1 in
  *://*) kp_k_file=${KNOWN}/.download-$$; kp_k_fetch "$1" "$kp_k_file" || { rm -f -- "$kp_k_file"; return 1; } ;;
  *) kp_k_file=$1
    [ -f "$kp_k_file" ] || { kp_fail "there is no $kp_k_file on the host"; return 1; } ;;
  esac
  case $1 in
  *.gz | *.tgz) kp_k_cat='gzip -dc' ;;
  *.xz | *.txz) kp_k_cat='xz -dc' ;;
  *.zst) kp_k_cat='zstd -dc' ;;
  *) kp_k_cat=cat ;;
  esac
  case ${args.runtime} in
  docker) kp_out=$($kp_k_cat "$kp_k_file" | docker load 2>&1) ;;
  *) kp_out=$($kp_k_cat "$kp_k_file" | ctr -n ${args.namespace} images import - 2>&1) ;;
  esac
  kp_rc=$?
  [ "$kp_k_file" = "$1" ] || rm -f -- "$kp_k_file"
  if [ "$kp_rc" != 0 ]; then kp_set output "$kp_out"; kp_fail "cannot load $1 into "${args.runtime}; return 1; fi
  kp_k_names=
  while read -r kp_k_line; do
    case $kp_k_line in
    'Loaded image: '*) kp_k_names=$kp_k_names$\{kp_k_line#Loaded image: }$kp_nl ;;
    unpacking\ *)
      kp_k_line=$\{kp_k_line#unpacking }; kp_k_names=$kp_k_names$\{kp_k_line%% *}$kp_nl ;;
    *saved)
      set -- "$1" "$2" $kp_k_line; kp_k_names=$kp_k_names$3$kp_nl ;;
    esac
  done <<KP_END
$kp_out
KP_END
  kp_k_loaded=$kp_k_loaded$kp_k_names
  # Without a name there is nothing to look for the next time: it is loaded again.
  [ -z "$kp_k_names" ] || kp_k_known "$2" "$kp_k_names"
}
kp_k_known() { kp_k_changes=$kp_changes; kp_diff= kp_write "$1" "$2" 0600 root root; kp_changes=$kp_k_changes; }
for kp_k_archive in ${args.archives}; do kp_k_load "$kp_k_archive" || return 1; done
kp_set loaded "$kp_k_loaded"`,
      ]),
    );
  },
  interpret: (report) => {
    const loaded = (report.text('loaded') ?? '').split('\n').filter(Boolean);
    return { result: { loaded, ...plainFields(report, ['msg', 'output']) } };
  },
});
