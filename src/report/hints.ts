import type { TaskResult } from '../engine/index.js';

interface Rule {
  /** Found in the message or the output of what failed. */
  pattern: RegExp;
  cure: string;
}

/** What commonly goes wrong on hosts, and what cures it. The first that fits counts. */
const rules: readonly Rule[] = [
  {
    pattern: /could not get lock|unable to acquire the dpkg|is held by process \d+|another app is currently holding/i,
    cure: 'another program is installing packages (unattended-upgrades after boot, often): wait until it is through and run again',
  },
  {
    pattern: /dpkg was interrupted|dpkg --configure -a/i,
    cure: 'an earlier installation was cut off; on the host:\nsudo dpkg --configure -a',
  },
  {
    pattern: /unmet dependencies|--fix-broken|held broken packages/i,
    cure: 'packages on the host contradict each other; on the host:\nsudo apt-get --fix-broken install',
  },
  {
    pattern: /no space left on device|not enough free disk space|disk quota exceeded/i,
    cure: 'the disk is full; on the host, see what fills it:\ndf -h && sudo du -xh --max-depth=2 /var | sort -h | tail',
  },
  {
    pattern: /read-only file system/i,
    cure: 'the file system is mounted read-only, after a disk error perhaps; on the host:\ndmesg | tail',
  },
  {
    pattern: /EXPKEYSIG|KEYEXPIRED|key (has )?expired|expired key/i,
    cure: "the repository's signing key has expired: fetch its present one (repository_key)",
  },
  {
    pattern: /NO_PUBKEY|public key is not available|is not signed|repository .* no longer has a Release file/i,
    cure: 'the host does not trust or know this repository: check its address and its signing key (repository_key)',
  },
  {
    pattern:
      /is not valid yet|certificate (has expired|is not yet valid)|not yet valid|clock skew|release file .* future/i,
    cure: "the host's clock is wrong or a certificate is out of date; on the host:\ntimedatectl",
  },
  {
    pattern:
      /temporary failure (in name resolution|resolving)|could not resolve|no such host|name or service not known/i,
    cure: 'the host cannot resolve names; on the host:\ncat /etc/resolv.conf && getent hosts pkgs.k8s.io',
  },
  {
    pattern: /failed to fetch|unable to connect to|connection timed out|network is unreachable|no route to host/i,
    cure: 'the host cannot reach that address: check network, proxy and firewall, or name a mirror that it reaches',
  },
  {
    pattern: /unable to locate package|no package .* available|has no installation candidate|version .* was not found/i,
    cure: 'no repository of the host has that package or version; on the host:\napt-cache policy kubeadm containerd',
  },
  {
    pattern: /x509: certificate signed by unknown authority|self[- ]signed certificate/i,
    cure: "the host does not trust the server's certificate: install the authority's certificate on it",
  },
  {
    pattern: /address already in use|port[- ]?\d* .*in use|ports? .* (is|are) (already )?in use/i,
    cure: 'another program holds the port; on the host:\nsudo ss -ltnp',
  },
  {
    pattern: /running with swap on|swap is (enabled|on)|\[ERROR Swap\]/i,
    cure: 'the kubelet does not start with swap: put the task `swap: {enabled: false}` before this one',
  },
  {
    pattern:
      /cgroup ?driver|misconfiguration: kubelet cgroup|CGROUPS_\w+: missing|cgroups?[^\n]*(missing|not mounted)/i,
    cure: 'container runtime and kubelet must use the same cgroup driver, and the kernel needs its cgroup controllers: see cgroup_driver',
  },
  {
    pattern: /\[ERROR (FileContent|FileAvailable|DirAvailable)--|already exists.*(kubernetes|manifests)/i,
    cure: 'something of an earlier cluster is on the host; to take it down:\nkprov reset -i INVENTORY',
  },
  {
    pattern: /ImagePull|failed to pull image|ErrImagePull|ImagePullBackOff/i,
    cure: 'the host cannot pull images: check image_repository, registry_mirrors and its way to the registry',
  },
  {
    pattern: /is not in the sudoers file|may not run sudo|not allowed to (execute|run)/i,
    cure: 'the login user may not become root: add it to sudoers, or log in as another user (-u)',
  },
  {
    pattern: /a (terminal|password) is required|incorrect password attempt|sorry, try again|missing sudo password/i,
    cure: 'sudo asks for a password: give it with -K, or set ansible_become_password',
  },
  {
    pattern: /sudo: (command )?not found|sudo: No such file/i,
    cure: 'there is no sudo on the host: log in as root (-u root), or install it',
  },
  {
    pattern:
      /host key (verification failed|is not known|has changed|mismatch)|unknown host key|no .*host key is known/i,
    cure: "make sure of the host's key by another way, then:\nssh-keyscan HOST >> ~/.ssh/known_hosts",
  },
  {
    pattern:
      /MaxStartups|exceeded MaxStartups|kex_exchange_identification|connection (reset|closed) .*(before|during) /i,
    cure: "the host's sshd turns connections away: raise MaxStartups in its sshd_config, or lower --forks",
  },
  {
    pattern: /all configured authentication methods failed|permission denied \((publickey|password)/i,
    cure: 'no key or password is accepted: check user (-u), key (--private-key, ssh-add -l) and password (-k)',
  },
  {
    pattern: /permission denied|operation not permitted|are you root|must be (run as )?root|EACCES/i,
    cure: 'the task needs more rights: become: true in the playbook, or -b',
  },
  {
    pattern: /connection refused/i,
    cure: 'nothing listens at that address and port: is the service running, is the port right?',
  },
  {
    pattern: /cannot allocate memory|out of memory|oom-?kill/i,
    cure: 'the host has too little memory; on the host:\nfree -m && dmesg | grep -i oom',
  },
  {
    pattern: /command not found|: not found$|No such file or directory: b?'[^/']+'/im,
    cure: 'the program is not installed on the host, or not in the PATH of a login without a terminal',
  },
];

const textOf = (result: TaskResult): string =>
  [result.message, result.value.msg, result.value.stderr, result.value.output, result.value.stdout]
    .filter((text): text is string => typeof text === 'string')
    // The end of an output says why; a pattern over megabytes would take long.
    .map((text) => text.slice(-20_000))
    .join('\n');

/** The likely cure of a failure: what the task itself says, else the first rule whose sign is in message or output. */
export function cureOf(result: TaskResult): string | undefined {
  if (result.hint !== undefined) return result.hint;
  if (result.status !== 'failed' && result.status !== 'unreachable') return undefined;
  const text = textOf(result);
  return rules.find(({ pattern }) => pattern.test(text))?.cure;
}
