import { type Script, sh } from '../../shell/index.js';

export interface SshKeyOptions {
  file: string | undefined;
  type: string;
  bits: number | undefined;
  comment: string | undefined;
  force: boolean;
}

/** The user's own key, made as that user, so that nothing in the home directory can lead root astray. */
export function sshKey(key: SshKeyOptions): Script {
  const path = key.file ?? `.ssh/id_${key.type}`;
  return sh`
kp_key_file=${path}
case $kp_key_file in /*) ;; *) kp_key_file=$kp_home/$kp_key_file ;; esac
kp_set ssh_key_file "$kp_key_file"
kp_field key ''
if [ "$kp_value" != "$kp_key_file" ] && { [ ! -f "$kp_key_file" ] || [ -n ${key.force} ]; }; then
  if kp_apply; then
    command -v ssh-keygen >/dev/null 2>&1 || { kp_fail 'ssh-keygen is not installed'; return 1; }
    KP_KEY=$kp_key_file KP_COMMENT=${key.comment ?? sh`"kprov-generated on $(hostname)"`}
    export KP_KEY KP_COMMENT
    kp_try su -s /bin/sh "$kp_u" -c 'umask 077; mkdir -p -- "$\{KP_KEY%/*}" && rm -f -- "$KP_KEY" "$KP_KEY.pub" &&
      ssh-keygen -q -t ${key.type} ${key.bits === undefined ? sh`` : sh`-b ${key.bits}`} -N "" -C "$KP_COMMENT" -f "$KP_KEY"' || return 1
    unset KP_KEY KP_COMMENT
  else kp_predict user-key "$kp_u" "$kp_key_file"
  fi
fi
if [ -f "$kp_key_file.pub" ]; then
  kp_read "$kp_key_file.pub"
  kp_set ssh_public_key "$\{kp_text%"$kp_nl"}"
  kp_set ssh_fingerprint "$(ssh-keygen -l -f "$kp_key_file.pub" 2>/dev/null)"
fi`;
}
