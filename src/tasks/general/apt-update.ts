import { joinScripts, type Script, sh } from '../../shell/index.js';

export interface UpdateOptions {
  /** Seconds for which lists are fresh; 0: never. */
  cacheValidTime: number;
  retries: number;
  maxDelay: number;
  lockTimeout: number;
  /** The update is all that is asked for, so that it decides whether something has changed. */
  alone: boolean;
  options: readonly string[];
}

/**
 * Renews the package lists where they are too old, or older than a package source. In check mode lists that are merely
 * old do not count as a change: nothing is known to be different. apt waits for the lock of dpkg itself
 * (DPkg::Lock::Timeout), but not for the lock of the lists.
 */
export const aptUpdate = (update: UpdateOptions): Script =>
  joinScripts([
    sh`
kp_lists=/var/lib/apt/lists kp_stamp=/var/lib/apt/periodic/update-success-stamp kp_pending= kp_stale=1
for kp_p in "$kp_lists"/*_Packages*; do
  [ -e "$kp_p" ] || kp_pending=1
  break
done
for kp_p in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/sources.list.d/*; do
  [ ! "$kp_p" -nt "$kp_lists" ] || kp_pending=1
done
! kp_apt_pending || kp_pending=1`,
    update.cacheValidTime > 0 &&
      sh`
if [ -z "$kp_pending" ]; then
  kp_time=$(date +%s)
  for kp_p in $(stat -c %Y "$kp_lists" "$kp_stamp" 2>/dev/null); do
    [ "$((kp_time - kp_p))" -ge ${update.cacheValidTime} ] || kp_stale=
  done
fi`,
    sh`
if [ -n "$kp_stale" ] && [ -n "$kp_check" ]; then
  [ -z "$kp_pending" ] || kp_predict repository lists present
  if [ -n ${update.alone} ] && [ -n "$kp_pending" ]; then kp_apply; fi
elif [ -n "$kp_stale" ]; then
  kp_was=$kp_changes kp_tries=0 kp_waited=0 kp_delay=1
  kp_apply
  while :; do
    kp_failed=
    kp_out=$(kp_apt_get -o APT::Update::Error-Mode=any ${update.options} update) || kp_failed=1
    case $kp_out in *'W: Failed to fetch'* | *'Err:'*) kp_failed=1 ;; esac
    [ -n "$kp_failed" ] || break
    case $kp_out in
    *'Could not get lock'*)
      [ "$kp_waited" -lt ${update.lockTimeout} ] || break
      if [ "$kp_waited" = 0 ]; then
        kp_line=$\{kp_out#*E: }
        kp_say "$\{kp_line%%"$kp_nl"*}"
      fi
      kp_waited=$((kp_waited + 1))
      sleep 1 ;;
    *)
      [ "$kp_tries" -lt ${update.retries} ] || break
      kp_tries=$((kp_tries + 1))
      sleep "$kp_delay"
      kp_delay=$((kp_delay * 2))
      [ "$kp_delay" -le ${update.maxDelay} ] || kp_delay=${update.maxDelay} ;;
    esac
  done
  if [ -n "$kp_failed" ]; then
    kp_set cmd 'apt-get update'; kp_set rc 100; kp_set output "$kp_out"
    kp_failure=1
    return 1
  fi
  touch -c -- "$kp_lists"
  kp_set cache_updated 1
  case $kp_nl$kp_out in
  *"$\{kp_nl}Get:"*) [ -n ${update.alone} ] || kp_changes=$kp_was ;;
  *) kp_changes=$kp_was ;;
  esac
fi
kp_set cache_update_time "$(stat -c %Y "$kp_lists" "$kp_stamp" 2>/dev/null)"`,
  ]);

const policy = '/usr/sbin/policy-rc.d';
const kept = `${policy}.kprov`;

/**
 * `kp_policy` and `kp_policy_end`: while packages are installed, policy-rc.d answers with this code (101: services are
 * not started). What was there before is kept beside it, empty where there was nothing, so that a run that was killed in
 * between is put right by the next one.
 */
export const policyFunctions = (code: number | undefined): Script =>
  code === undefined
    ? sh`
kp_policy() { :; }
kp_policy_end() { :; }`
    : sh`
kp_policy_end() {
  [ -e ${kept} ] || return 0
  if [ -s ${kept} ]; then mv -f ${kept} ${policy}; else rm -f ${policy} ${kept}; fi
}
kp_policy() {
  kp_policy_end
  if [ -e ${policy} ]; then cp -p ${policy} ${kept}; else : >${kept}; fi
  printf '#!/bin/sh\nexit %s\n' ${code} >${policy} && chmod 0755 ${policy}
}`;
