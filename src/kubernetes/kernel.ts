/** Modules for overlay file systems and for bridged traffic that iptables sees. */
const baseModules = ['overlay', 'br_netfilter'] as const;

/** What kube-proxy's IPVS mode needs; nf_conntrack was nf_conntrack_ipv4 before Linux 4.19. */
const ipvsModules = ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'] as const;

/** The older name of a module, to be tried where the first is unknown to the kernel. */
export const moduleFallback: Readonly<Record<string, string>> = { nf_conntrack: 'nf_conntrack_ipv4' };

export const MODULES_FILE = '/etc/modules-load.d/kubernetes.conf';
/** 99 sorts behind what distributions ship, so that theirs does not win. */
export const SYSCTL_FILE = '/etc/sysctl.d/99-kubernetes.conf';

/** The modules that a node needs, each once; those of IPVS where kube-proxy works with it. */
export function kernelModules(options: { readonly ipvs?: boolean; readonly extra?: readonly string[] } = {}): string[] {
  return [...new Set([...baseModules, ...(options.ipvs === true ? ipvsModules : []), ...(options.extra ?? [])])];
}

/** https://kubernetes.io/docs/setup/production-environment/container-runtimes/#install-and-configure-prerequisites */
export function kernelSysctls(
  options: { readonly ipv6?: boolean; readonly extra?: Readonly<Record<string, string>> } = {},
): Record<string, string> {
  return {
    'net.bridge.bridge-nf-call-iptables': '1',
    'net.bridge.bridge-nf-call-ip6tables': '1',
    'net.ipv4.ip_forward': '1',
    ...(options.ipv6 === true ? { 'net.ipv6.conf.all.forwarding': '1' } : {}),
    ...options.extra,
  };
}

export const isModuleName = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);

/** `a.b.c`, or `a/b/c` where a part holds a dot (an interface name). */
export const isSysctlName = (text: string): boolean => /^[a-z0-9_-]+([./][A-Za-z0-9_.*-]+)+$/.test(text);

export const modulesFile = (modules: readonly string[]): string => `${modules.join('\n')}\n`;

export const sysctlFile = (sysctls: Readonly<Record<string, string>>): string =>
  `${Object.entries(sysctls)
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n')}\n`;
