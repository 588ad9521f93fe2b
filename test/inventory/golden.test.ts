import { readFileSync } from 'node:fs';
import { renderGraph, renderHost, renderList } from '../../src/cli/commands/inventory.js';
import { corpus } from './corpus.js';
import { load, runHereDocument } from './memory.js';

/**
 * What ansible-inventory 2.14.18 printed for the corpus: --list, --graph, --host of each host. Recorded anew by
 * KPROV_RECORD_ANSIBLE=1 npm test -- test/inventory/ansible.shell.test.ts
 */
const golden: Record<string, string[]> = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

test('every case of the corpus has its golden output', () => {
  expect(Object.keys(golden).sort()).toEqual(corpus.map(({ name }) => name).sort());
});

test.each(corpus)(
  '$name: is shown as ansible-inventory shows it',
  async ({ name, files, sources, playbookDir, hosts = [] }) => {
    const { inventory, diagnostics } = await load(files, sources, runHereDocument(files));
    const options = playbookDir === undefined ? {} : { playbookDir };
    expect([
      renderList(inventory, options),
      renderGraph(inventory),
      ...hosts.map((host) => renderHost(inventory, host, options)),
    ]).toEqual(golden[name]);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  },
);
