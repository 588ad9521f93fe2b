import { type Script, sh } from '../../../shell/index.js';

/**
 * kp_k_apply_manifest TEXT: applies what differs; kp_k_delete_manifest TEXT. What a dry run says comes from the API
 * server itself (kubectl diff), and nothing is written.
 */
export const manifestFunctions: Script = sh`
kp_k_flags=
kp_k_apply_manifest() {
  if [ -n "$kp_k_future" ]; then
    [ -z "$kp_diff" ] || kp_set manifest_new "$1"
    kp_apply
    return 0
  fi
  kp_k_api || return 1
  # Objects of a kind, or in a namespace, that the same manifest brings cannot be compared before: all of it is new then.
  kp_k_diff_out=$(printf '%s' "$1" | kp_k_kubectl diff $kp_k_flags -f - 2>&1)
  kp_rc=$?
  [ "$kp_rc" != 0 ] || return 0
  case $kp_diff:$kp_rc in
  :*) ;;
  *:1) kp_set manifest_diff "$kp_k_diff_out" ;;
  *) kp_set manifest_new "$1" ;;
  esac
  kp_apply || return 0
  kp_k_i=0
  # A kind that the manifest itself defines needs a moment before its objects are accepted.
  until kp_out=$(printf '%s' "$1" | kp_k_kubectl apply $kp_k_flags -f - 2>&1); do
    kp_k_i=$((kp_k_i + 1))
    case $kp_out in
    *'no matches for kind'* | *'connection refused'* | *'etcdserver'* | *'i/o timeout'* | *'failed calling webhook'*) [ "$kp_k_i" -gt 10 ] || { sleep 3; continue; } ;;
    esac
    kp_set output "$kp_out"
    kp_fail 'kubectl apply failed'
    return 1
  done
  kp_set applied "$kp_out"
}
kp_k_delete_manifest() {
  if [ -n "$kp_k_future" ]; then return 0; fi
  kp_k_api || return 1
  kp_out=$(printf '%s' "$1" | kp_k_kubectl get $kp_k_flags --ignore-not-found -o name -f - 2>&1)
  case $kp_out in
  '' | *'no matches for kind'*) return 0 ;;
  esac
  kp_apply || return 0
  kp_out=$(printf '%s' "$1" | kp_k_kubectl delete $kp_k_flags --ignore-not-found -f - 2>&1) && { kp_set applied "$kp_out"; return 0; }
  kp_set output "$kp_out"
  kp_fail 'kubectl delete failed'
}
`;
