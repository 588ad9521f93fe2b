/** One finding of kubeadm's preflight checks. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** What `--ignore-preflight-errors` takes: `NumCPU`, `Port-6443`, `FileAvailable--etc-kubernetes-pki-ca.crt`. */
  readonly name: string;
  /** kubeadm's words; an ImagePull finding spans several lines. */
  readonly message: string;
  readonly hint?: string;
}

/** Hints by name; an entry ending in `*` stands for every name that begins so. */
const hints: readonly (readonly [name: string, hint: string])[] = [
  ['IsPrivilegedUser', 'kubeadm needs root: set become: true.'],
  ['NumCPU', 'A control-plane node needs two CPUs. Give the machine more, or ignore NumCPU.'],
  ['Mem', 'A control-plane node needs 1700 MB of memory. Give the machine more, or ignore Mem.'],
  ['KubernetesVersion', 'Install kubeadm of the same minor as the cluster.'],
  ['KubeletVersion', 'Install the kubelet in the version of the control plane.'],
  ['Firewalld', 'Open the ports that Kubernetes needs (task firewall), or stop firewalld.'],
  ['Port-*', 'Something else listens there: an earlier cluster (task kubeadm_reset) or another program (ss -ltnp).'],
  ['FileAvailable-*', 'Files of an earlier kubeadm run are there. Reset the node first (task kubeadm_reset).'],
  ['DirAvailable-*', 'The directory holds data of an earlier cluster. Reset the node first (task kubeadm_reset).'],
  ['FileContent-*', 'Load br_netfilter and set the sysctls first (task kernel).'],
  ['FileExisting-*', 'Install the program it names.'],
  ['HTTPProxyCIDR', 'Exclude the pod and service subnets from the proxy (NO_PROXY).'],
  ['HTTPProxy', 'Exclude the address of the API server from the proxy (NO_PROXY).'],
  ['Swap', 'Switch swap off (task swap).'],
  ['SystemVerification', 'The kernel or the runtime lacks something; the message says what.'],
  ['Hostname', 'The host name should resolve: put it in /etc/hosts (task hostname).'],
  ['Service-*', 'Enable the service: systemctl enable --now NAME.'],
  ['CRI', 'The container runtime does not answer on its socket (task container_runtime; systemctl status containerd).'],
  ['ContainerRuntimeVersion', 'Install a newer container runtime.'],
  ['ImagePull', 'An image cannot be pulled: check the network, or set image_repository to a mirror.'],
  ['ExternalEtcdVersion', 'Install an etcd version that this Kubernetes works with.'],
  ['IPVSProxierCheck', 'Load the IPVS modules (task kernel with ipvs: true).'],
  ['CheckKubernetesVersion', 'Install kubeadm of the same minor as the cluster.'],
];

/** What usually helps with a finding of this name. */
export function preflightHint(name: string): string | undefined {
  return hints.find(([known]) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known))?.[1];
}

const LINE = /^\s*\[(ERROR|WARNING) ([A-Za-z0-9][\w.-]*)\]:?\s?(.*)$/;

/** All findings in kubeadm's output, in its order. */
export function parsePreflight(output: string): Finding[] {
  const found: { severity: Finding['severity']; name: string; message: string }[] = [];
  let isOpen = false;
  for (const line of output.replace(/\r/g, '').split('\n')) {
    const match = LINE.exec(line);
    if (match !== null) {
      const [, level, name = '', message = ''] = match;
      found.push({ severity: level === 'ERROR' ? 'error' : 'warning', name, message });
      isOpen = level === 'ERROR';
      continue;
    }
    // A finding goes on until kubeadm's own next line.
    if (!isOpen || /^\s*(\[|To see the stack|error execution phase|\S*: )/.test(line) || line.trim() === '')
      isOpen = false;
    const last = found.at(-1);
    if (isOpen && last !== undefined) last.message += `\n${line.trim()}`;
  }
  return found.map((finding) => {
    const hint = preflightHint(finding.name);
    return { ...finding, ...(hint === undefined ? {} : { hint }) };
  });
}

const cures: readonly (readonly [pattern: RegExp, why: string, fix: string])[] = [
  [
    /could not find a JWS signature|token id .* is invalid|bootstrap token .*expired/i,
    'The bootstrap token has expired or was removed.',
    'Run again: fresh join parameters are made.',
  ],
  [
    /none of the public keys .* are pinned|cluster CA found .* invalid/i,
    'The CA at the endpoint is not the one the join parameters name.',
    'Check that the endpoint belongs to this cluster.',
  ],
  [
    /Secret "?kubeadm-certs"? (?:was )?not found|error downloading (?:the secret|certs)/i,
    'The uploaded certificates are gone: they live two hours.',
    'Run again: they are uploaded with a fresh certificate key.',
  ],
  [
    /x509: certificate has expired or is not yet valid/i,
    'A certificate is outside of its validity, or the clocks of the hosts differ.',
    'Check the clocks: timedatectl',
  ],
  [
    /x509: certificate is valid for .*, not/i,
    "The API server's certificate does not name the address that is used.",
    'Add the address to apiserver cert SANs before init.',
  ],
  [
    /x509: certificate signed by unknown authority/i,
    'Left-over files of an earlier cluster are in the way.',
    'Reset the node first (task kubeadm_reset).',
  ],
  [
    /running with swap on is not supported|failed to run Kubelet: running with swap/i,
    'The kubelet refuses to run with swap.',
    'Switch swap off (task swap).',
  ],
  [
    /container runtime is not running|unknown service runtime\.v1|CRI v1 runtime API is not implemented/i,
    'The container runtime does not answer over CRI.',
    'Configure it (task container_runtime), then: systemctl restart containerd',
  ],
  [/found multiple CRI/i, 'Several container runtimes are installed.', 'Set cri_socket.'],
  [
    /misconfiguration: kubelet cgroup driver|cgroup driver: .* is different from/i,
    'Kubelet and runtime use different cgroup drivers.',
    'Set cgroup_driver to the same value for both.',
  ],
  [
    /kubelet.*cgroup v1|cgroup v1 support is unsupported/i,
    'This kubelet refuses cgroup v1.',
    'Boot with cgroup v2, or set failCgroupV1: false in kubelet_configuration.',
  ],
  [
    /address already in use|Port \d+ is in use/i,
    'A port is taken.',
    'Reset the node (task kubeadm_reset) or stop what listens: ss -ltnp',
  ],
  [
    /failed to pull image|ImagePullBackOff/i,
    'An image cannot be pulled.',
    'Check the network, or set image_repository to a mirror.',
  ],
  [
    /dial tcp .*: connect: connection refused|no route to host|i\/o timeout/i,
    'The API server cannot be reached.',
    'Check the endpoint, the firewall and that the first control-plane node is up.',
  ],
  [
    /timed out waiting for the condition|kubelet isn't running or healthy|kubelet is not healthy/i,
    'The control plane or the kubelet did not come up in time.',
    'journalctl -u kubelet -n 50',
  ],
  [
    /a Node with name .* and status "Ready" already exists/i,
    'Another machine has joined under the same name.',
    'Give every host a name of its own (task hostname).',
  ],
];

/** The likely cause and cure of a failed kubeadm run; undefined where none is known. */
export function likelyCure(output: string): { readonly why: string; readonly fix: string } | undefined {
  for (const [pattern, why, fix] of cures) if (pattern.test(output)) return { why, fix };
  return undefined;
}
