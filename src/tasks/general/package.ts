import { sh } from '../../shell/index.js';
import { choice, list } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { cacheUntouched, compileApt } from './apt.js';
import { interpretApt } from './apt-report.js';
import { interpretDnf } from './dnf.js';
import { dnfPackages, plainDnf } from './dnf-script.js';

/** Managers with a plain command line; each one says by an exit code whether a package is there. */
const others = (names: readonly string[], state: string) => sh`
if command -v apk >/dev/null 2>&1; then kp_pm=apk
elif command -v zypper >/dev/null 2>&1; then kp_pm=zypper
elif command -v pacman >/dev/null 2>&1; then kp_pm=pacman
else kp_fail 'no package manager that kprov knows is on this host (apt, dnf, yum, apk, zypper, pacman)'; return 1
fi
set --
for kp_p in ${names}; do
  if kp_predicted package "$kp_p"; then
    case $kp_value in absent) kp_have= ;; *) kp_have=1 ;; esac
  else
    case $kp_pm in
    apk) apk info -e -- "$kp_p" >/dev/null 2>&1 ;;
    zypper) rpm -q --quiet -- "$kp_p" ;;
    pacman) pacman -Q -- "$kp_p" >/dev/null 2>&1 ;;
    esac && kp_have=1 || kp_have=
  fi
  case ${state}/$kp_have in present/1 | absent/) continue ;; esac
  set -- "$@" "$kp_p"
done
[ "$#" -gt 0 ] || return 0
if ! kp_apply; then
  for kp_p do case ${state} in absent) kp_predict package "$kp_p" absent ;; *) kp_predict package "$kp_p" '?'; kp_predict command "$kp_p" present ;; esac; done
  return 0
fi
case $kp_pm/${state} in
apk/absent) kp_try apk del -q -- "$@" ;;
apk/latest) kp_try apk add -q -U -u -- "$@" ;;
apk/*) kp_try apk add -q -- "$@" ;;
zypper/absent) kp_try zypper -n remove -- "$@" ;;
zypper/*) kp_try zypper -n install -- "$@" ;;
pacman/absent) kp_try pacman -R --noconfirm -- "$@" ;;
pacman/*) kp_try pacman -S --noconfirm --needed -- "$@" ;;
esac`;

export const packageTask = defineTask({
  name: 'package',
  summary: 'Installs and removes packages with whatever package manager the host has.',
  parameters: {
    name: list('Packages.', { required: true }),
    state: choice('What is wanted.', ['present', 'installed', 'latest', 'absent', 'removed'], { default: 'present' }),
    use: choice('The package manager; default: the one that is there.', ['auto', 'apt', 'dnf', 'yum', 'dnf5'], {
      default: 'auto',
    }),
  },
  returns: {},
  example: `- package: {name: [socat, conntrack]}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const names = args.name.filter((name) => name !== '');
    const state = args.state === 'installed' ? 'present' : args.state === 'removed' ? 'absent' : args.state;
    const use = args.use === 'yum' || args.use === 'dnf5' ? 'dnf' : args.use;
    return program(sh`
kp_use=${use}
if [ "$kp_use" = apt ] || { [ "$kp_use" = auto ] && command -v apt-get >/dev/null 2>&1 && [ -d /var/lib/dpkg ]; }; then
  kp_set manager apt
${compileApt({ ...packageDefaults, name: names, state })}
elif [ "$kp_use" = dnf ] || command -v dnf >/dev/null 2>&1 || command -v microdnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1; then
  kp_set manager dnf
${dnfPackages({ ...plainDnf, names, state })}
else
${others(names, state)}
fi`);
  },
  interpret: (report) =>
    report.text('manager') === 'apt' ? interpretApt(report, cacheUntouched) : interpretDnf(report),
});

const packageDefaults = {
  update_cache: undefined,
  cache_valid_time: 0,
  update_cache_retries: 5,
  update_cache_retry_max_delay: 12,
  upgrade: undefined,
  deb: undefined,
  default_release: undefined,
  install_recommends: undefined,
  only_upgrade: false,
  purge: false,
  autoremove: false,
  autoclean: false,
  clean: false,
  force: false,
  force_apt_get: false,
  allow_unauthenticated: false,
  allow_downgrade: false,
  allow_change_held_packages: false,
  fail_on_autoremove: false,
  dpkg_options: 'force-confdef,force-confold',
  lock_timeout: 60,
  policy_rc_d: undefined,
} as const;
