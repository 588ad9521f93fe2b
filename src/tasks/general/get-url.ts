import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { fileAttributes, furtherAttributes } from './file-attributes.js';
import { furtherHttpParameters, getFunction, httpParameters } from './http.js';
import { texts, withFailure } from './reported.js';
import { attributeChanges, backupOf, factsOf, ownership, settingsOfPath } from './written-file.js';

const parameters = {
  url: text('What to download: http, https or ftp.', { required: true }),
  dest: path('Where it goes; in a directory it gets the last part of the URL as its name.', { required: true }),
  checksum: text('ALGORITHM:DIGEST, or ALGORITHM:URL of a file of checksums.'),
  force: flag('Whether it is downloaded where dest is there, and replaced where it differs.', { default: false }),
  backup: flag('Whether a copy of the old file is kept beside it.', { default: false }),
  tmp_dest: path('Directory that the download goes to first. Default: the one of dest.'),
  ...httpParameters,
  ...furtherHttpParameters,
  ...ownership,
  ...fileAttributes,
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

interface Expected {
  algorithm: string;
  digest?: string;
  url?: string;
}

function expectation(checksum: string | undefined): Expected | undefined {
  if (checksum === undefined || checksum === '') return undefined;
  const [, algorithm = '', rest = ''] = /^([^:]+):(.+)$/s.exec(checksum) ?? [];
  if (!/^(md5|sha1|sha224|sha256|sha384|sha512)$/.test(algorithm)) {
    throw new KprovError('bad-argument', `get_url: the checksum ${checksum} has not the form ALGORITHM:DIGEST`);
  }
  if (/^(https?|ftp):\/\//.test(rest)) return { algorithm, url: rest };
  const digest = rest.replace(/\W+/g, '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(digest)) {
    throw new KprovError('bad-argument', 'get_url: the checksum is not hexadecimal');
  }
  return { algorithm, digest };
}

const nameOf = (url: string): string =>
  posix.basename(url.replace(/[?#].*$/, '').replace(/^[a-z]+:\/\/[^/]*/, '')) || 'index.html';

/** kp_digest: what the file must have, from a list of checksums: the line that names the file, or the only digest. */
function fetchDigest(args: Arguments, expected: Expected): Script {
  if (expected.url === undefined) return sh`kp_digest=${expected.digest}`;
  return sh`
${getFunction(sh`kp_get_sums`, expected.url, args)}
kp_out=$(kp_get_sums - 2>&1) || { kp_fail ${`cannot download ${expected.url}`}; return 1; }
kp_digest=$(printf '%s\n' "$kp_out" | awk -v name=${nameOf(args.url)} '
  NF == 1 { only = $1; n++ }
  NF > 1 { f = $NF; sub(/^[*]/, "", f); sub(/.*\//, "", f); if (f == name) found = $1 }
  END { print found != "" ? found : n == 1 ? only : "" }')
if [ -z "$kp_digest" ]; then
  kp_fail ${`Unable to find a checksum for file '${nameOf(args.url)}' in '${expected.url}'`}; return 1
fi`;
}

export const getUrl = defineTask({
  name: 'get_url',
  summary: 'Downloads a file to the host, with curl or wget, whichever is there.',
  description:
    'A file that is there is not downloaded again, unless its checksum is another one or force is set. Credentials are ' +
    'never in an argument of a program.',
  parameters,
  returns: {
    dest: 'the path of the file',
    url: 'the URL',
    msg: 'what was done',
    status_code: '200 where something was downloaded',
    checksum_dest: 'SHA-1 of the file before; null where there was none',
    checksum_src: 'SHA-1 of the download',
    md5sum: 'MD5 of the file, where something was downloaded',
    src: 'the temporary file that it was downloaded to',
    elapsed: 'seconds that the download took',
    state: 'file',
    uid: 'number of the owner',
    gid: 'number of the group',
    secontext: 'the SELinux context, where SELinux is on',
    mode: 'permissions, four octal digits',
    owner: 'name of the owner',
    group: 'name of the group',
    size: 'bytes',
    backup_file: 'the copy of the old file, where one was made',
  },
  refusedParameters: {
    unredirected_headers: 'neither curl nor wget can leave a header away after a redirection; use uri with dest',
  },
  example: `- get_url:
    url: https://example.com/flannel.yml
    dest: /etc/kubernetes/flannel.yml
    checksum: sha256:https://example.com/flannel.yml.sha256`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const expected = expectation(args.checksum);
    const name = nameOf(args.url);
    const directory = args.dest.replace(/(?<=.)\/+$/, '');
    const attributes = sh`${args.mode} ${args.owner} ${args.group}`;
    const sum = `${expected?.algorithm ?? 'sha1'}sum`;
    return program(
      joinScripts([
        furtherAttributes(args),
        getFunction(sh`kp_get`, args.url, args),
        sh`
kp_tell() {
  kp_facts "$kp_p"
  [ ! -e /sys/fs/selinux/enforce ] || ! kp_line=$(stat -c %C -- "$kp_p" 2>/dev/null) || kp_set secontext "$kp_line"
}
kp_dest=${directory}
if kp_is_directory "$kp_dest"; then kp_dest=${posix.join(directory, name)}; fi
kp_set dest "$kp_dest"
kp_real "$kp_dest" || return 1
kp_p=$kp_path kp_digest=
kp_stat "$kp_p"
case $kp_type in file | absent) ;; *) kp_fail "$kp_p is a $kp_type, not a file"; return 1 ;; esac
kp_here=
if [ "$kp_type" = file ] && [ -f "$kp_p" ]; then kp_line=$(${sum} <"$kp_p"); kp_here=$\{kp_line%% *}; fi`,
        expected !== undefined && fetchDigest(args, expected),
        sh`
if [ "$kp_type" = file ] && [ -n "$kp_digest" ] && { [ "$kp_here" = "$kp_digest" ] || { kp_unsent "$kp_p" && [ "$kp_value" = ${args.url} ]; }; } ||
  { [ "$kp_type" = file ] && [ -z ${args.force} ] && [ -z "$kp_digest" ]; }; then
  kp_set msg 'file already exists'
  kp_attributes "$kp_p" ${attributes} && kp_tell
  return
fi
kp_parent "$kp_p" || return 1
kp_temp "$kp_p"
kp_part=$kp_tmp
${
  args.tmp_dest !== undefined &&
  sh`kp_i=${args.tmp_dest}
if [ ! -d "$kp_i" ] && [ -z "$kp_check" ]; then
  if [ -e "$kp_i" ]; then kp_fail "$kp_i is a file but should be a directory."; else kp_fail "$kp_i directory does not exist."; fi
  return 1
fi
kp_part=$kp_i/.kprov-$$-$kp_n
[ -n "$kp_check" ] || kp_note "$kp_part"`
}
if [ -n "$kp_check" ]; then
  if [ "$kp_type" = file ] && [ -z "$kp_digest" ]; then
    if kp_line=$(kp_get - 2>/dev/null | ${sum}) && [ "$\{kp_line%% *}" = "$kp_here" ]; then
      kp_attributes "$kp_p" ${attributes} && kp_tell
      return
    fi
  fi
  kp_apply
  kp_foresee_file "$kp_p" ${attributes}
  kp_predict hash "$kp_p" ${args.url}
  return 0
fi
kp_begin=$(date +%s)
kp_out=$(kp_get "$kp_part" 2>&1)
kp_rc=$?
kp_set elapsed "$(($(date +%s) - kp_begin))"
if [ "$kp_rc" != 0 ]; then
  rm -f -- "$kp_part"
  case $kp_out in *'returned error: '[0-9]*) kp_line=$\{kp_out##*returned error: }; kp_set status_code "$\{kp_line%%[!0-9]*}" ;; esac
  kp_set response "$kp_out"
  kp_fail "Request failed: $kp_out"
  return 1
fi
kp_set status_code 200
kp_set src "$kp_part"
kp_line=$(${sum} <"$kp_part"); kp_sum=$\{kp_line%% *}
if [ -n "$kp_digest" ] && [ "$kp_sum" != "$kp_digest" ]; then
  rm -f -- "$kp_part"
  kp_fail ${`The checksum for ${args.url} did not match ${args.checksum}; it was `}"$kp_sum."
  return 1
fi
kp_line=$(sha1sum <"$kp_part"); kp_set checksum_src "$\{kp_line%% *}"
[ "$kp_type" != file ] || { kp_line=$(sha1sum <"$kp_p"); kp_set checksum_dest "$\{kp_line%% *}"; }
kp_line=$(md5sum <"$kp_part" 2>/dev/null); kp_set md5sum "$\{kp_line%% *}"
if [ "$kp_sum" = "$kp_here" ]; then
  rm -f -- "$kp_part"
  kp_attributes "$kp_p" ${attributes} && kp_tell
  return
fi
kp_backup=${args.backup}
[ "$kp_type" != file ] || kp_differ ${attributes}
kp_set before_sum "$kp_here"; kp_set after_sum "$kp_sum"
kp_apply
if [ "$kp_part" != "$kp_tmp" ]; then kp_try mv -- "$kp_part" "$kp_tmp" || { rm -f -- "$kp_part" "$kp_tmp"; return 1; }; fi
kp_install "$kp_tmp" "$kp_p" ${attributes} || return 1
kp_tell`,
      ]),
    );
  },
  interpret: (report, args) => {
    const dest = report.text('dest') ?? args.dest;
    const code = report.text('status_code');
    const md5 = report.text('md5sum');
    const { before, after } = attributeChanges(report);
    const facts = factsOf(report);
    const result = {
      url: args.url,
      dest,
      elapsed: Number(report.text('elapsed') ?? 0),
      checksum_src: report.text('checksum_src') ?? null,
      checksum_dest: report.text('checksum_dest') ?? null,
      ...texts(report, ['src', 'secontext']),
      ...(md5 !== undefined && { md5sum: md5 === '' ? null : md5, msg: `OK (${facts.size ?? 'unknown'} bytes)` }),
      ...facts,
      ...(code !== undefined && { status_code: Number(code) }),
      ...backupOf(report),
    };
    return { result: withFailure(report, result), diff: settingsOfPath(dest, before, after) };
  },
});
