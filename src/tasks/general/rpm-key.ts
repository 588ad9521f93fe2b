import { joinScripts, sh } from '../../shell/index.js';
import { choice, flag, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { getFunction, plainHttp } from './http.js';
import { withFailure } from './reported.js';

export const rpmKey = defineTask({
  name: 'rpm_key',
  summary: 'Adds and removes keys that rpm trusts.',
  parameters: {
    key: text('A URL, a file on the host, or (to remove) an identifier of a key.', { required: true }),
    state: choice('Whether it is trusted.', ['present', 'absent'], { default: 'present' }),
    validate_certs: flag('Whether the certificate of the server is checked.', { default: true }),
    fingerprint: text('The fingerprint that the key must have.'),
  },
  returns: {},
  example: `- rpm_key: {key: https://pkgs.k8s.io/core:/stable:/v1.30/rpm/repodata/repomd.xml.key}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const id = /^(0x)?[0-9A-Fa-f]{8,40}$/.test(args.key)
      ? args.key.replace(/^0x/, '').slice(-8).toLowerCase()
      : undefined;
    const isUrl = /^(https?|ftp):\/\//.test(args.key);
    if (args.state === 'present' && id !== undefined) {
      return { status: 'failed', result: { msg: 'a key cannot be made from its identifier: give a URL or a file' } };
    }
    return program(
      joinScripts([
        getFunction(sh`kp_get`, args.key, { ...plainHttp, validate_certs: args.validate_certs }),
        sh`
kp_id=${id ?? ''} kp_file= kp_want_fp=${(args.fingerprint ?? '').replaceAll(/\s/g, '').toUpperCase()}
kp_known=$(rpm -q gpg-pubkey 2>/dev/null)
if [ -z "$kp_id" ]; then
  command -v gpg >/dev/null 2>&1 || { kp_fail 'gpg is needed to read keys (package gnupg2)'; return 1; }
  kp_show_keys() {
    gpg --batch --no-options --homedir /nonexistent --no-keyring --trust-model always --with-colons --with-fingerprint --show-keys "$@" 2>/dev/null
  }
  if [ -n ${isUrl} ] && [ -n "$kp_check" ]; then
    # A dry run reads it without a file.
    kp_out=$(kp_get - 2>/dev/null | kp_show_keys)
    [ -n "$kp_out" ] || { kp_unknown ${`there is no key yet at ${args.key}`}; return 0; }
  elif [ -n ${isUrl} ]; then
    kp_file=$(mktemp) && kp_out=$(kp_get "$kp_file" 2>&1) || { rm -f -- "$kp_file"; kp_fail "cannot download the key: $kp_out"; return 1; }
  else
    kp_file=${args.key}
    if [ -n "$kp_check" ] && [ ! -e "$kp_file" ] && kp_foreseen "$kp_file"; then kp_unknown "$kp_file is not there yet"; return 0; fi
  fi
  [ -z "$kp_file" ] || kp_out=$(kp_show_keys "$kp_file" </dev/null)
  kp_fp=$\{kp_out#*"$\{kp_nl}fpr:"}; kp_fp=$\{kp_fp%%:"$kp_nl"*}; kp_fp=$\{kp_fp##*:}
  kp_id=$(printf '%s' "$kp_fp" | tail -c 8 | tr A-F a-f)
fi
kp_key_change() {
  case $kp_id in *[!0-9a-f]* | '') kp_fail 'this is no key that gpg can read'; return 1 ;; esac
  if [ -n "$kp_want_fp" ] && [ "$kp_want_fp" != "$kp_fp" ]; then
    kp_fail "The specified fingerprint, $kp_want_fp, does not match the key fingerprint $kp_fp"
    return 1
  fi
  case $kp_known in
  *"gpg-pubkey-$kp_id-"*)
    [ ${args.state} = absent ] || return 0
    if kp_apply; then kp_try rpm -e --allmatches "gpg-pubkey-$kp_id"; fi ;;
  *)
    [ ${args.state} = present ] || return 0
    if kp_apply; then kp_try rpm --import "$kp_file"; fi ;;
  esac
}
kp_key_change
kp_code=$?
[ -z ${isUrl} ] || [ -z "$kp_file" ] || rm -f -- "$kp_file"
return "$kp_code"`,
      ]),
    );
  },
  interpret: (report) => ({ result: withFailure(report) }),
});
