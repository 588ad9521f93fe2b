import { joinScripts, type Script, sh } from '../../../shell/index.js';
import type { FileArguments as Arguments } from '../file.js';
import { type FileTime, parseFileTime } from './parse-time.js';

const timeFormats = { m: '%Y', a: '%X' } as const;

/** Tells a time of before and after, for the diff. */
const tellTime = (letter: 'm' | 'a'): Script => sh`
kp_set ${`before_${letter}time`} "$(stat -c ${timeFormats[letter]} -- "$kp_p" 2>/dev/null)"
kp_set ${`after_${letter}time`} "$kp_at"`;

/** One time: -m or -a of touch. */
function setTime(letter: 'm' | 'a', wanted: FileTime): Script {
  if (wanted === 'preserve') return sh``;
  if (wanted === 'now') {
    return sh`kp_at=$(date +%s)
${tellTime(letter)}
if kp_apply; then kp_try touch ${`-${letter}`} -- "$kp_p" || return 1; fi`;
  }
  return sh`
kp_at=$(date -d ${wanted.at} +%s) || { kp_fail ${`the time ${wanted.at} is not understood`}; return 1; }
if [ "$(stat -c ${timeFormats[letter]} -- "$kp_p" 2>/dev/null)" != "$kp_at" ]; then
  ${tellTime(letter)}
  if kp_apply; then kp_try touch ${`-${letter}`} -d ${wanted.at} -- "$kp_p" || return 1; fi
fi`;
}

/** Sets the times that are asked for; for `touch` both are the present by default, else they stay. */
export function times(args: Arguments, state: 'touch' | 'other'): Script {
  const fallback = state === 'touch' ? 'now' : 'preserve';
  const modified = parseFileTime(args.modification_time, args.modification_time_format, fallback);
  const accessed = parseFileTime(args.access_time, args.access_time_format, fallback);
  if (modified === 'now' && accessed === 'now') {
    // Who may write to a file may set both to the present at once, though it is not his.
    return sh`kp_at=$(date +%s)
${tellTime('m')}
${tellTime('a')}
if kp_apply; then kp_try touch -- "$kp_p" || return 1; fi`;
  }
  return joinScripts([setTime('m', modified), setTime('a', accessed)]);
}
