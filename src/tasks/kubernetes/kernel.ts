import {
  isModuleName,
  isSysctlName,
  kernelModules,
  kernelSysctls,
  MODULES_FILE,
  moduleFallback,
  modulesFile,
  SYSCTL_FILE,
  sysctlFile,
} from '../../kubernetes/kernel.js';
import { joinScripts, sh } from '../../shell/index.js';
import { type ArgumentsOf, dictionary, flag, list, type Parameters } from '../parameters.js';
import { type Diff, defineTask, program } from '../task.js';

const parameters = {
  ipvs: flag("Whether the modules of kube-proxy's IPVS mode are loaded too.", { default: false }),
  ipv6: flag('Whether IPv6 is forwarded too (dual-stack clusters).', { default: false }),
  modules: list('Further kernel modules.', { default: [] }),
  sysctls: dictionary('Further sysctls, name: value.', { default: {} }),
} satisfies Parameters;

type Arguments = ArgumentsOf<typeof parameters>;

const modulesOf = (args: Arguments) => kernelModules({ ipvs: args.ipvs, extra: args.modules });

function sysctlsOf(args: Arguments): Record<string, string> {
  const extra = Object.fromEntries(Object.entries(args.sysctls).map(([name, value]) => [name, String(value)]));
  return kernelSysctls({ ipv6: args.ipv6, extra });
}

/** /proc/sys path of a sysctl. As sysctl(8): where the first separator is a dot, a slash stands for a dot in a name. */
function procPath(name: string): string {
  if (/^[^.]*\//.test(name)) return `/proc/sys/${name}`;
  return `/proc/sys/${name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'))}`;
}

export const kernel = defineTask({
  name: 'kernel',
  collection: 'kprov.kubernetes',
  summary: 'Loads the kernel modules and sets the sysctls that Kubernetes needs, now and at boot.',
  parameters,
  returns: { modules: 'the modules', sysctls: 'the sysctls, name: value' },
  example: `- name: Bridged traffic is seen by iptables, and IPVS is possible
  kernel:
    ipvs: yes
    sysctls: {vm.max_map_count: 262144}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const modules = modulesOf(args);
    const sysctls = sysctlsOf(args);
    const bad = [
      ...modules.filter((name) => !isModuleName(name)).map((name) => `"${name}" is not the name of a kernel module`),
      ...Object.keys(sysctls)
        .filter((name) => !isSysctlName(name))
        .map((name) => `"${name}" is not a sysctl`),
      ...Object.entries(sysctls)
        .filter(([, value]) => value.includes('\n'))
        .map(([name]) => `${name} has more than one line`),
    ];
    if (bad.length > 0) return { status: 'failed', result: { msg: bad.join('\n') } };
    return program(
      joinScripts([
        sh`
kp_k_builtin= kp_k_read_builtin= kp_k_lacking=
# kp_k_loaded MODULE: loaded, or part of the kernel.
kp_k_loaded() {
  kp_k_name=$1
  while :; do case $kp_k_name in *-*) kp_k_name=$\{kp_k_name%%-*}_$\{kp_k_name#*-} ;; *) break ;; esac; done
  [ -d "/sys/module/$kp_k_name" ] && return 0
  if [ -n "$kp_check" ] && kp_predicted module "$1"; then return 0; fi
  if [ -z "$kp_k_read_builtin" ]; then
    kp_k_read_builtin=1
    kp_read "/lib/modules/$(uname -r)/modules.builtin"
    kp_k_builtin=$kp_nl$kp_text
  fi
  case $kp_k_builtin in */"$kp_k_name".ko"$kp_nl"* | */"$1".ko"$kp_nl"*) return 0 ;; esac
  return 1
}
kp_k_module() {
  kp_k_loaded "$1" && return 0
  [ -z "$2" ] || { kp_k_loaded "$2" && return 0; }
  # A dry run asks whether it could be loaded.
  kp_apply && kp_k_how= || kp_k_how=-n
  kp_out=$(modprobe $kp_k_how -- "$1" 2>&1) || { [ -n "$2" ] && modprobe $kp_k_how -- "$2" 2>/dev/null; } || {
    kp_set output "$kp_out"
    kp_k_lacking="$kp_k_lacking $1"
    return 0
  }
  [ -z "$kp_check" ] || kp_predict module "$1" loaded
}`,
        ...modules.map((name) => sh`kp_k_module ${name} ${moduleFallback[name]}`),
        sh`
if [ -n "$kp_k_lacking" ]; then
  kp_k_why=
  case $kp_k_lacking in
  *ip_vs*) kp_k_why="; kube-proxy's mode ipvs needs those of ip_vs: boot a kernel that has them (a distribution's full one, not one cut for clouds or containers), or use the mode iptables" ;;
  esac
  kp_fail "the kernel $(uname -r) has no module$kp_k_lacking$kp_k_why"
  return 1
fi`,
        sh`
[ -d /etc/modules-load.d ] || [ -n "$kp_check" ] || mkdir -p -m 755 /etc/modules-load.d
kp_k_diff=$kp_diff
kp_diff=; kp_read ${MODULES_FILE}; [ -z "$kp_k_diff" ] || kp_set before_modules "$kp_text"
kp_write ${MODULES_FILE} ${modulesFile(modules)} 0644 root root || return 1
kp_read ${SYSCTL_FILE}; [ -z "$kp_k_diff" ] || kp_set before_sysctls "$kp_text"
kp_write ${SYSCTL_FILE} ${sysctlFile(sysctls)} 0644 root root || return 1
kp_diff=$kp_k_diff
kp_k_sysctl() {
  if [ -n "$kp_check" ] && kp_predicted sysctl "$1"; then [ "$kp_value" != "$3" ] || return 0; fi
  kp_k_now=
  if [ -r "$2" ]; then kp_k_now=$(cat "$2")
  elif [ -z "$kp_check" ]; then kp_fail "the kernel has no sysctl $1"; return 1
  fi
  # The kernel separates several numbers by tabs.
  set -f; set -- "$1" "$2" "$3" $kp_k_now; kp_k_want=$3; shift 3; kp_k_now=$*
  set -- $kp_k_want; kp_k_is=$*; set +f
  [ "$kp_k_now" != "$kp_k_is" ] || return 0
  return 3
}
kp_k_set() {
  kp_k_sysctl "$@" && return 0
  [ $? = 3 ] || return 1
  if kp_apply; then
    printf '%s\n' "$3" 2>/dev/null >"$2" || { kp_fail "cannot set $1 to $3"; return 1; }
  else
    kp_predict sysctl "$1" "$3"
  fi
}`,
        ...Object.entries(sysctls).map(([name, value]) => sh`kp_k_set ${name} ${procPath(name)} ${value} || return 1`),
      ]),
    );
  },
  interpret: (report, args) => {
    const modules = modulesOf(args);
    const sysctls = sysctlsOf(args);
    const diff: Diff[] = [];
    for (const [field, path, after] of [
      ['before_modules', MODULES_FILE, modulesFile(modules)],
      ['before_sysctls', SYSCTL_FILE, sysctlFile(sysctls)],
    ] as const) {
      const before = report.text(field);
      if (before !== undefined && before !== after) diff.push({ before, after, beforeHeader: path, afterHeader: path });
    }
    const msg = report.text('msg');
    return { result: { modules, sysctls, ...(msg !== undefined && { msg }) }, diff };
  },
});
