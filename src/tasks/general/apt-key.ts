import { joinScripts, sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { getFunction, plainHttp } from './http.js';
import { withFailure } from './reported.js';

const keyId = /^(0x)?([0-9A-Fa-f]{8}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{40})$/;

export const aptKey = defineTask({
  name: 'apt_key',
  summary: 'Adds and removes keys that apt trusts for every source.',
  description: `Deprecated by Debian: better put the key into /etc/apt/keyrings and name it in the source with signed-by. Keys
go into a keyring of their own in /etc/apt/trusted.gpg.d, which also works where apt-key is no longer there. Needs gpg.`,
  parameters: {
    id: text('Identifier of the key: 8, 16 or 40 hexadecimal digits.'),
    url: text('Where the key is downloaded from.'),
    data: text('The key itself.'),
    file: path('A file on the host that holds the key.'),
    keyserver: text('A key server to ask for `id`.'),
    keyring: path('The keyring; default: a file of its own in /etc/apt/trusted.gpg.d.'),
    validate_certs: flag('Whether the certificate of the server is checked.', { default: true }),
    state: choice('Whether it is trusted.', ['present', 'absent'], { default: 'present' }),
  },
  atLeastOne: [['id', 'url', 'data', 'file']],
  atMostOne: [['url', 'data', 'file', 'keyserver']],
  returns: {
    id: 'identifier as given, or the fingerprint of the key',
    key_id: 'the same in capitals',
    short_id: 'its last 8 digits',
    fp: 'its last 16 digits',
    before: 'the identifiers of all keys that were trusted',
    after: 'those that are trusted now, where something was changed',
  },
  example: `- apt_key:
    url: https://download.docker.com/linux/debian/gpg`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const fail = (msg: string) => ({ status: 'failed', result: { msg } }) as const;
    if (args.id !== undefined && !keyId.test(args.id)) return fail(`${JSON.stringify(args.id)} is not a key id`);
    const id = args.id?.replace(/^0x/, '').toUpperCase();
    if (args.state === 'absent' && id === undefined) return fail('id is needed for state absent');
    if (args.state === 'present' && (args.url ?? args.data ?? args.file ?? args.keyserver) === undefined) {
      return fail('a key has to come from url, data, file or keyserver');
    }
    const source =
      args.data !== undefined
        ? sh`printf '%s\n' ${args.data} >"$kp_home/key"`
        : args.file !== undefined
          ? sh`kp_try cp -- ${args.file} "$kp_home/key" || return 1`
          : args.url !== undefined
            ? sh`kp_out=$(kp_get "$kp_home/key" 2>&1) || { kp_fail "cannot download the key: $kp_out"; return 1; }`
            : sh`kp_try gpg --batch --homedir "$kp_home" --keyserver ${args.keyserver ?? ''} --recv-keys ${id ?? ''} || return 1
gpg --batch --homedir "$kp_home" --export ${id ?? ''} >"$kp_home/key"`;
    return program(
      joinScripts([
        args.url !== undefined &&
          getFunction(sh`kp_get`, args.url, { ...plainHttp, validate_certs: args.validate_certs }),
        sh`
command -v gpg >/dev/null 2>&1 || {
  if [ -n "$kp_dry" ]; then kp_unknown 'gpg is not installed yet'; return 0; fi
  kp_fail 'gpg is needed to read keys (package gnupg)'
  return 1
}
kp_id=${id ?? ''}
# kp_trusted ID: the keyrings that hold the key, into kp_rings; compared with fingerprints of keys and subkeys.
kp_trusted() {
  kp_rings= kp_listing=
  for kp_p in ${args.keyring === undefined ? sh`/etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc` : sh`${args.keyring}`}; do
    [ -f "$kp_p" ] || continue
    kp_out=$(gpg --batch --no-options --homedir /nonexistent --no-keyring --trust-model always --with-colons --with-fingerprint --show-keys "$kp_p" 2>/dev/null </dev/null)
    kp_listing=$kp_listing$kp_out$kp_nl
    case $kp_out in *"$1:$kp_nl"* | *"$1:") kp_rings=$kp_rings$kp_p$kp_nl ;; esac
  done
}
if [ -n "$kp_id" ]; then
  kp_set key_id "$kp_id"
  kp_trusted "$kp_id"
  kp_set before "$kp_listing"
  if [ ${args.state} = present ]; then
    [ -z "$kp_rings" ] || return 0
  else
    [ -n "$kp_rings" ] || return 0
    kp_apply || return 0
    kp_home=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }
    while IFS= read -r kp_p; do
      [ -z "$kp_p" ] || kp_try gpg --batch --yes --homedir "$kp_home" --no-default-keyring --keyring "$kp_p" --delete-keys "$kp_id" </dev/null ||
        return 1
      # A keyring that holds nothing any more only costs apt time.
      [ -n "$(gpg --batch --with-colons --show-keys "$kp_p" 2>/dev/null </dev/null)" ] || rm -f -- "$kp_p" "$kp_p~"
    done <<EOF
$kp_rings
EOF
    rm -rf -- "$kp_home"
    kp_trusted "$kp_id"
    kp_set after "$kp_listing"
    return 0
  fi
fi
if [ -n "$kp_check" ]; then
  if [ -n "$kp_id" ]; then kp_apply; kp_predict repository "key $kp_id" present; return 0; fi
  kp_unknown 'a key is only read in a real run; give its id to compare'
  return 0
fi
kp_home=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }
kp_key_add() {
  ${source}
  kp_out=$(gpg --batch --homedir "$kp_home" --with-colons --with-fingerprint --show-keys "$kp_home/key" 2>&1 </dev/null) ||
    { kp_set output "$kp_out"; kp_fail 'this is no key that gpg can read'; return 1; }
  kp_fp=$\{kp_out#*"$\{kp_nl}fpr:"}
  kp_fp=$\{kp_fp%%:"$kp_nl"*}
  kp_fp=$\{kp_fp##*:}
  case $kp_fp in *[!0-9A-F]* | '') kp_fail 'the key has no fingerprint'; return 1 ;; esac
  case $kp_out in *"$kp_id:"*) ;; *) kp_fail "key does not match the id $kp_id: it is $kp_fp"; return 1 ;; esac
  kp_set fp "$kp_fp"
  kp_trusted "$kp_fp"
  kp_set before "$kp_listing"
  [ -z "$kp_rings" ] || return 0
  kp_apply
  kp_ring=${args.keyring ?? ''}
  [ -n "$kp_ring" ] || kp_ring=/etc/apt/trusted.gpg.d/kprov-$kp_fp.gpg
  kp_stat "$kp_ring"
  kp_temp "$kp_ring"
  [ "$kp_type" = absent ] || cat -- "$kp_ring" >"$kp_tmp"
  # A binary keyring is its keys one after the other.
  kp_try gpg --batch --yes --homedir "$kp_home" --dearmor -o "$kp_home/binary" "$kp_home/key" || cp -- "$kp_home/key" "$kp_home/binary"
  kp_failure=
  cat -- "$kp_home/binary" >>"$kp_tmp" && kp_install "$kp_tmp" "$kp_ring" 0644 '' '' || return 1
  kp_trusted "$kp_fp"
  kp_set after "$kp_listing"
}
kp_key_add
kp_code=$?
rm -rf -- "$kp_home"
return "$kp_code"`,
      ]),
    );
  },
  interpret: (report, args) => {
    const key = report.text('key_id') ?? report.text('fp');
    const keys = (field: string) =>
      [...(report.text(field) ?? '').matchAll(/^(?:pub|sub):(?:[^:]*:){3}([0-9A-F]+):/gm)].map(([, id = '']) =>
        key?.length === 8 ? id.slice(-8) : id,
      );
    const result = {
      ...(key !== undefined && { id: args.id ?? key, key_id: key, short_id: key.slice(-8), fp: key.slice(-16) }),
      ...(report.text('before') !== undefined && { before: keys('before') }),
      ...(report.text('after') !== undefined && { after: keys('after') }),
    };
    return { result: withFailure(report, result) };
  },
});
