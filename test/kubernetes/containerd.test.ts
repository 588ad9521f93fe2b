import {
  configSchema,
  containerdConfig,
  readContainerdVersion,
  registryHosts,
  tomlString,
} from '../../src/kubernetes/containerd.js';

const options = { isSystemdCgroup: true, sandboxImage: 'registry.k8s.io/pause:3.10' };

test('containerd 1.x gets a config of schema 2', () => {
  expect(
    containerdConfig({ ...options, version: '1.6.20' }),
  ).toBe(`# Managed by kprov. Add settings of your own in /etc/containerd/conf.d/*.toml.
version = 2
imports = ["/etc/containerd/conf.d/*.toml"]

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/opt/cni/bin"
  conf_dir = "/etc/cni/net.d"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true
`);
});

test('containerd 2.x gets a config of schema 3', () => {
  expect(
    containerdConfig({ ...options, version: '2.1.4', isSystemdCgroup: false }),
  ).toBe(`# Managed by kprov. Add settings of your own in /etc/containerd/conf.d/*.toml.
version = 3
imports = ["/etc/containerd/conf.d/*.toml"]

[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "registry.k8s.io/pause:3.10"

[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  SystemdCgroup = false
`);
});

test.each([
  ['containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3', '1.6.20', 2],
  ['containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4', '2.1.4', 3],
  ['containerd containerd.io 1.7.24 88bf19b2', '1.7.24', 2],
  ['containerd github.com/containerd/containerd 1.4.13~ds1', '1.4.13', 2],
])('%s', (output, version, schema) => {
  expect(readContainerdVersion(output)).toBe(version);
  expect(configSchema(version)).toBe(schema);
});

test('a mirror is a hosts.toml of its registry', () => {
  const mirror = { registry: 'docker.io', endpoints: ['https://a.example', 'http://b:5000'], skipVerify: true };
  expect(registryHosts(mirror)).toEqual({
    path: '/etc/containerd/certs.d/docker.io/hosts.toml',
    text: `server = "https://registry-1.docker.io"

[host."https://a.example"]
  capabilities = ["pull", "resolve"]
  skip_verify = true

[host."http://b:5000"]
  capabilities = ["pull", "resolve"]
  skip_verify = true
`,
  });
});

test('a value cannot leave its TOML string', () => {
  expect(tomlString('a"\n[plugins]\\')).toBe('"a\\"\\u000a[plugins]\\\\"');
});
