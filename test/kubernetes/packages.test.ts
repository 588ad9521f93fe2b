import { isModuleName, isSysctlName, kernelModules, kernelSysctls, sysctlFile } from '../../src/kubernetes/kernel.js';
import {
  dockerRepository,
  packageVersionPrefix,
  runtimePackages,
  upstreamRepository,
} from '../../src/kubernetes/packages.js';
import { parseVersion } from '../../src/kubernetes/version.js';

test('each minor has its own repository and key', () => {
  expect(upstreamRepository({ minor: 35 }, 'apt')).toMatchObject({
    url: 'https://pkgs.k8s.io/core:/stable:/v1.35/deb/',
    keyUrl: 'https://pkgs.k8s.io/core:/stable:/v1.35/deb/Release.key',
  });
  expect(upstreamRepository({ minor: 30 }, 'dnf').keyUrl).toBe(
    'https://pkgs.k8s.io/core:/stable:/v1.30/rpm/repodata/repomd.xml.key',
  );
});

test('the expired key of 1.27 and older is replaced by a newer one', () => {
  expect(upstreamRepository({ minor: 26 }, 'apt')).toMatchObject({
    url: 'https://pkgs.k8s.io/core:/stable:/v1.26/deb/',
    keyUrl: 'https://pkgs.k8s.io/core:/stable:/v1.28/deb/Release.key',
  });
});

test('what upstream no longer serves is refused with the way out', () => {
  expect(() => upstreamRepository({ minor: 20 }, 'apt')).toThrow(
    expect.objectContaining({ code: 'no-upstream-packages', fix: expect.stringContaining('kubernetes_repository') }),
  );
});

test.each([
  ['1.30', '1.30.', false],
  ['1.30.2', '1.30.2-', false],
  ['1.20.2-00', '1.20.2-00', true],
  ['1.31.0-rc.1', '1.31.0~rc.1-', false],
])('version %s wants packages %s', (version, text, isExact) => {
  expect(packageVersionPrefix(parseVersion(version))).toEqual({ text, isExact });
});

test('runtime packages by source and family', () => {
  expect(runtimePackages('docker', 'distribution', 'debian').names).toEqual(['docker.io']);
  expect(runtimePackages('containerd', 'docker', 'redhat').names).toEqual(['containerd.io']);
  expect(dockerRepository('rocky')?.url).toBe('https://download.docker.com/linux/rhel');
  expect(dockerRepository('__proto__')).toBeUndefined();
});

test('IPVS modules come only when asked for', () => {
  expect(kernelModules()).toEqual(['overlay', 'br_netfilter']);
  expect(kernelModules({ ipvs: true, extra: ['overlay', 'rbd'] })).toEqual([
    'overlay',
    'br_netfilter',
    'ip_vs',
    'ip_vs_rr',
    'ip_vs_wrr',
    'ip_vs_sh',
    'nf_conntrack',
    'rbd',
  ]);
});

test('the sysctl file', () => {
  expect(sysctlFile(kernelSysctls({ extra: { 'vm.max_map_count': '262144' } }))).toBe(
    'net.bridge.bridge-nf-call-iptables = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\nnet.ipv4.ip_forward = 1\nvm.max_map_count = 262144\n',
  );
  expect(isSysctlName('net.ipv4.conf.eth0/1.rp_filter')).toBe(true);
  expect(isSysctlName('a=b')).toBe(false);
  expect(isModuleName('../x')).toBe(false);
});
