/** Modules that Ansible's users know and kprov does not run: by name, with the reason and what to write instead. */
const reasons: Readonly<Record<string, string>> = {
  'ansible.builtin.expect': 'it drives a terminal with a Python library; answer with the `stdin` of command or shell',
  'ansible.posix.rhel_facts': 'image-based systems (rpm-ostree) are not prepared by kprov',
  'ansible.posix.rhel_rpm_ostree': 'image-based systems (rpm-ostree) are not prepared by kprov; use command',
  'ansible.posix.rpm_ostree_upgrade': 'image-based systems (rpm-ostree) are not prepared by kprov; use command',
  'ansible.posix.acl': 'use command: setfacl, guarded by a `when` on getfacl',
  'ansible.posix.at': 'use cron, or command: at',
  'ansible.posix.patch': 'use command: patch, with creates, or replace',
  'ansible.posix.firewalld_info': 'use command: firewall-cmd --list-all',
  'community.general.make': 'use command: make, with chdir and creates',
  'community.general.git_config': 'use command: git config, or ini_file on the file',
  'community.general.cronvar': 'use cron with env',
  'community.general.snap_alias': 'use command: snap alias',
  'community.general.kernel_blacklist': 'use copy with a file in /etc/modprobe.d',
  'community.general.dpkg_divert': 'use command: dpkg-divert, with creates',
  'community.general.xml': 'it edits with a Python library (lxml); use template, copy or replace',
  'community.general.htpasswd':
    'it makes hashes with a Python library (passlib); use copy with the password_hash filter',
  'community.general.ssh_config': 'it edits with a Python library (paramiko); use blockinfile or template',
  'community.general.nmcli': 'it has some 120 parameters of NetworkManager; use command: nmcli, or template',
  'community.general.open_iscsi': 'use command: iscsiadm',
  'community.general.sefcontext': 'it calls a Python library (semanage); use command: semanage fcontext',
  'community.general.seport': 'it calls a Python library (semanage); use command: semanage port',
  'community.general.selogin': 'it calls a Python library (semanage); use command: semanage login',
  'community.general.selinux_permissive': 'it calls a Python library (semanage); use command: semanage permissive',
  'community.general.dconf': 'it is about desktops, and calls a Python library',
  'community.general.npm': 'use command: npm, with creates',
  'community.general.gem': 'use command: gem, with creates',
  'community.general.yarn': 'use command: yarn, with creates',
  'community.general.composer': 'use command: composer, with creates',
  'community.general.cpanm': 'use command: cpanm, with creates',
  'community.general.apt_rpm': 'its distribution (ALT Linux) is none that kprov knows packages of',
  'community.general.opkg': 'its distribution (OpenWrt) is none that kprov knows packages of',
  'community.general.pacman': 'its distribution (Arch Linux) is none that kprov knows packages of; use command: pacman',
  'community.general.zypper': 'its distribution (SUSE) is none that kprov knows packages of; use command: zypper',
  'community.general.zypper_repository':
    'its distribution (SUSE) is none that kprov knows packages of; use command: zypper',
  'community.general.apk': 'its distribution (Alpine) is none that kprov knows packages of; use command: apk',
  'community.general.portage': 'its distribution (Gentoo) is none that kprov knows packages of; use command: emerge',
  'community.general.homebrew': 'it is about macOS',
  'community.general.parted':
    'it changes partition tables, whose undoing nobody can foretell; use command: parted --script',
  'community.general.lvg': 'use command: vgcreate or vgextend, guarded by a `when` on vgs',
  'community.general.lvol': 'use command: lvcreate or lvextend, guarded by a `when` on lvs',
  'community.general.mail': 'it sends mail with a Python library; use uri with a service that notifies',
  'community.general.slack': 'use uri with the address of the webhook',
  'community.general.ldap_entry': 'it calls a Python library (python-ldap)',
  'community.general.ldap_attrs': 'it calls a Python library (python-ldap)',
  'community.general.java_cert': 'use command: keytool, with creates',
  'community.general.interfaces_file': 'use template or blockinfile',
  'community.general.docker_login': 'it moved to community.docker',
};

/** Whole collections: the longest prefix of a name decides. */
const collections: Readonly<Record<string, string>> = {
  'ansible.windows': 'it is about Windows, and kprov prepares Linux hosts',
  'community.windows': 'it is about Windows, and kprov prepares Linux hosts',
  'chocolatey.chocolatey': 'it is about Windows, and kprov prepares Linux hosts',
  'microsoft.ad': 'it is about Windows, and kprov prepares Linux hosts',
  'ansible.netcommon': 'it is about network devices, and kprov prepares Linux hosts',
  'ansible.utils': 'its modules run in Python',
  'cisco.ios': 'it is about network devices, and kprov prepares Linux hosts',
  'community.docker': 'it calls a Python library (docker); use container_runtime for the runtime, or command: docker',
  'containers.podman': 'it calls a Python library; use command: podman',
  'community.kubernetes': 'it calls a Python library (kubernetes); use kubernetes_manifest, or command: kubectl',
  'kubernetes.core': 'it calls a Python library (kubernetes); use kubernetes_manifest, or command: kubectl',
  'community.mysql': 'it calls a Python library (PyMySQL); use command: mysql',
  'community.postgresql': 'it calls a Python library (psycopg2); use command: psql',
  'community.mongodb': 'it calls a Python library (pymongo)',
  'community.crypto': 'it calls a Python library (cryptography); use command: openssl, with creates',
  'community.libvirt': 'it calls a Python library (libvirt); use command: virsh',
  'community.vmware': 'it calls a Python library (pyvmomi)',
  'community.aws': 'it calls a Python library (boto3)',
  'amazon.aws': 'it calls a Python library (boto3)',
  'azure.azcollection': 'it calls a Python library (azure)',
  'google.cloud': 'it calls a Python library (google-auth)',
  'openstack.cloud': 'it calls a Python library (openstacksdk)',
  'community.hashi_vault': 'it calls a Python library (hvac); use uri',
};

/** Names that a module has without its collection, where they are not those of `reasons`. */
const shortNames: Readonly<Record<string, string>> = {
  k8s: 'kubernetes.core.k8s',
  k8s_info: 'kubernetes.core.k8s_info',
  k8s_exec: 'kubernetes.core.k8s_exec',
  helm: 'kubernetes.core.helm',
  helm_repository: 'kubernetes.core.helm_repository',
  docker_container: 'community.docker.docker_container',
  docker_image: 'community.docker.docker_image',
  docker_login: 'community.docker.docker_login',
  docker_network: 'community.docker.docker_network',
  docker_volume: 'community.docker.docker_volume',
  docker_compose: 'community.docker.docker_compose',
  docker_swarm: 'community.docker.docker_swarm',
  podman_container: 'containers.podman.podman_container',
  mysql_db: 'community.mysql.mysql_db',
  mysql_user: 'community.mysql.mysql_user',
  postgresql_db: 'community.postgresql.postgresql_db',
  postgresql_user: 'community.postgresql.postgresql_user',
  openssl_certificate: 'community.crypto.x509_certificate',
  openssl_privatekey: 'community.crypto.openssl_privatekey',
  openssl_csr: 'community.crypto.openssl_csr',
  openssh_keypair: 'community.crypto.openssh_keypair',
  x509_certificate: 'community.crypto.x509_certificate',
  ec2: 'amazon.aws.ec2_instance',
  ec2_instance: 'amazon.aws.ec2_instance',
  s3_bucket: 'amazon.aws.s3_bucket',
};
for (const name of [
  'copy',
  'file',
  'shell',
  'command',
  'package',
  'service',
  'user',
  'reboot',
  'ping',
  'feature',
  'updates',
]) {
  Object.assign(shortNames, { [`win_${name}`]: `ansible.windows.win_${name}` });
}

const short = new Map(Object.keys(reasons).map((name) => [name.split('.').at(-1) ?? name, name]));

/** Why kprov does not run a module that it knows of; undefined where it runs it, or has never heard of it. */
export function refusalOf(name: string): string | undefined {
  const full = name.replace(/^ansible\.legacy\./, 'ansible.builtin.');
  const canonical = full.includes('.') ? full : Object.hasOwn(shortNames, full) ? shortNames[full] : short.get(full);
  if (canonical === undefined) return undefined;
  if (Object.hasOwn(reasons, canonical)) return reasons[canonical];
  const collection = canonical.split('.').slice(0, 2).join('.');
  return Object.hasOwn(collections, collection) ? collections[collection] : undefined;
}

/** What the documentation lists: modules by full name, and collections as a whole. */
export const refusedModules = (): [name: string, reason: string][] =>
  [
    ...Object.entries(reasons),
    ...Object.entries(collections).map(([name, why]): [string, string] => [`${name}.*`, why]),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
