import { cniNames, cniPlugin, defaultPodSubnet, fitManifest, manifestSubnets } from '../../src/kubernetes/cni.js';

const flannel = `data:
  net-conf.json: |
    {
      "Network": "10.244.0.0/16",
      "Backend": {"Type": "vxlan"}
    }
`;
const calico = `            # - name: CALICO_IPV4POOL_CIDR
            #   value: "192.168.0.0/16"
`;
const calicoSet = `            - name: CALICO_IPV4POOL_CIDR
              value: "192.168.0.0/16"
`;
const weave = `          env:
            - name: HOSTNAME
              valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
`;

test.each([
  ['flannel', flannel, ['10.244.0.0/16']],
  ['calico, commented out', calico, []],
  ['calico', calicoSet, ['192.168.0.0/16']],
  ['none', 'kind: DaemonSet\n', []],
])('the pod subnets that a manifest names: %s', (_, manifest, expected) => {
  expect(manifestSubnets(manifest)).toEqual(expected);
});

test("a plugin's own manifest is fitted to the cluster's pod subnet", () => {
  expect(fitManifest(flannel, '10.9.0.0/16', 'flannel')).toContain('"Network": "10.9.0.0/16"');
  expect(fitManifest(flannel, '10.244.0.0/16', 'flannel')).toBe(flannel);
  expect(fitManifest(calico, '10.244.0.0/16', 'calico')).toBe(calico);
});

test('weave is given its range where it differs from its own', () => {
  expect(fitManifest(weave, '10.32.0.0/12', 'weave')).toBe(weave);
  expect(fitManifest(weave, '10.9.0.0/16', 'weave')).toContain(
    '            - name: IPALLOC_RANGE\n              value: 10.9.0.0/16\n            - name: HOSTNAME\n',
  );
});

test("a manifest of the user's own with another pod subnet is refused", () => {
  expect(() => fitManifest(flannel, '10.9.0.0/16', undefined)).toThrow(
    'the manifest is made for the pod subnet 10.244.0.0/16, the cluster has 10.9.0.0/16',
  );
  expect(fitManifest(flannel, '10.244.0.0/16', undefined)).toBe(flannel);
  expect(fitManifest(flannel, undefined, undefined)).toBe(flannel);
});

test.each(cniNames)(
  '%s has a manifest for its version, and a default pod subnet that is fit for the defaults',
  (name) => {
    const plugin = cniPlugin(name);
    const url = plugin.manifestUrl?.(plugin.version);
    if (name === 'cilium') expect(url).toBeUndefined();
    else expect(url).toMatch(new RegExp(`^https://.*v${plugin.version}/.*\\.ya?ml$`));
    expect(defaultPodSubnet(name)).toMatch(/\/\d+$/);
  },
);
