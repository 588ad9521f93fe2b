import { type Script, sh } from '../../shell/index.js';

/** Defines `kp_download URL FILE`: with curl, or wget where that is missing. Fails with the tool's own message. */
export const downloadFunction: Script = sh`
kp_download() {
  if command -v curl >/dev/null 2>&1; then
    kp_try curl -fsSL --retry 3 --connect-timeout 30 -o "$2" -- "$1"
  elif command -v wget >/dev/null 2>&1; then
    kp_try wget -q -T 30 -O "$2" -- "$1"
  else
    kp_fail "neither curl nor wget is installed, so $1 cannot be downloaded"
  fi
}`;
