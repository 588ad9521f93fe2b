import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { matchHosts } from '../../src/inventory/index.js';
import { load } from './memory.js';

const root = new URL('../../inventory/', import.meta.url).pathname;

const table: Record<string, string> = {};
for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  if (statSync(join(root, path)).isFile()) table[path] = readFileSync(join(root, path), 'utf8');
}

const examples: [source: string, controlPlane: string[], workers: string[]][] = [
  ['vagrant.ini', ['cp1'], ['w1', 'w2']],
  ['cloud-bastion/hosts.ini', ['cp-1', 'cp-2', 'cp-3'], [1, 2, 3, 4, 5].map((n) => `worker-0${n}.nodes.internal`)],
];

test('every example inventory is tested', () => {
  const sources = Object.keys(table).filter((path) => path.endsWith('.ini'));
  expect(sources.sort()).toEqual(examples.map(([source]) => source).sort());
});

test.each(examples)(
  '%s has nothing wrong and its machines in the groups of the playbooks',
  async (source, controlPlane, workers) => {
    const { inventory, diagnostics } = await load(table, [source]);
    expect(diagnostics).toEqual([]);
    expect(matchHosts(inventory, 'control_plane')).toEqual({ hosts: controlPlane, diagnostics: [] });
    expect(matchHosts(inventory, 'workers')).toEqual({ hosts: workers, diagnostics: [] });
    for (const host of inventory.hosts.keys()) {
      const variables = inventory.variablesOf(host);
      expect(String(variables.ansible_become)).toBe('true');
      expect(variables).toHaveProperty('ansible_user');
    }
  },
);

test('the hosts behind the bastion jump over it', async () => {
  const { inventory } = await load(table, ['cloud-bastion/hosts.ini']);
  expect(inventory.variablesOf('worker-05.nodes.internal')).toMatchObject({
    ansible_port: 2222,
    ansible_ssh_common_args: '-o ProxyJump=admin@bastion.example.com:22',
  });
});
