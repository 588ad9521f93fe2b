import type { Mapping } from '../../../values/index.js';
import { type HostFiles, parseAssignments } from './files.js';

/** Ansible's name of a distribution, by ID of os-release. */
const names: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  raspbian: 'Debian',
  linuxmint: 'Linux Mint',
  kali: 'Kali',
  centos: 'CentOS',
  rhel: 'RedHat',
  fedora: 'Fedora',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  alpine: 'Alpine',
  arch: 'Archlinux',
  sles: 'SLES',
  opensuse: 'openSUSE',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  flatcar: 'Flatcar',
  gentoo: 'Gentoo',
  photon: 'VMware Photon OS',
};

const families: Readonly<Record<string, readonly string[]>> = {
  Debian: ['Debian', 'Ubuntu', 'Linux Mint', 'Kali'],
  RedHat: ['RedHat', 'CentOS', 'Fedora', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon'],
  Suse: ['SLES', 'openSUSE', 'openSUSE Leap', 'openSUSE Tumbleweed'],
};

export function distributionFacts(files: HostFiles): Mapping {
  const path = files.text('/etc/os-release') === undefined ? '/usr/lib/os-release' : '/etc/os-release';
  const release = parseAssignments(files.lines(path));
  const id = release.ID ?? '';
  const like = (release.ID_LIKE ?? '').split(' ');
  const distribution = names[id] ?? (release.NAME?.split(' ')[0] || 'NA');
  const family =
    Object.entries(families).find(([, members]) => members.includes(distribution))?.[0] ??
    (like.includes('debian') ? 'Debian' : like.includes('rhel') || like.includes('fedora') ? 'RedHat' : undefined) ??
    (like.includes('suse') ? 'Suse' : distribution);
  let version = release.VERSION_ID ?? '';
  // Debian's os-release names the major version only; Ansible gives the point release.
  const debian = files.text('/etc/debian_version') ?? '';
  if (id === 'debian' && /^\d+\.\d+/.test(debian)) version = debian;
  if (id === 'alpine') version = files.text('/etc/alpine-release') ?? version;
  const inName = /\(([^)]+)\)/.exec(release.PRETTY_NAME ?? '')?.[1] ?? /\(([^)]+)\)/.exec(release.VERSION ?? '')?.[1];
  const codename = release.VERSION_CODENAME ?? release.UBUNTU_CODENAME ?? inName ?? 'NA';
  const [major = '', minor] = version.split('.');
  return {
    distribution,
    distribution_version: version || 'NA',
    distribution_major_version: major || 'NA',
    ...(minor !== undefined && id !== 'ubuntu' && { distribution_minor_version: minor }),
    distribution_release: codename,
    distribution_file_path: path,
    distribution_file_variety: family,
    distribution_file_parsed: true,
    os_family: family,
    ...lsbFacts(files, release, distribution, codename),
  };
}

function lsbFacts(files: HostFiles, release: Record<string, string>, distribution: string, codename: string): Mapping {
  const lsb = parseAssignments(files.lines('/etc/lsb-release'));
  const isFile = lsb.DISTRIB_ID !== undefined;
  if (!isFile && release.ID !== 'debian') return { lsb: {} };
  const number = lsb.DISTRIB_RELEASE ?? release.VERSION_ID ?? '';
  return {
    lsb: {
      id: lsb.DISTRIB_ID ?? distribution,
      release: number,
      major_release: number.split('.')[0] ?? '',
      codename: lsb.DISTRIB_CODENAME ?? codename,
      description: lsb.DISTRIB_DESCRIPTION ?? release.PRETTY_NAME ?? '',
    },
  };
}
