import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBed } from '../lab/bed.js';
import { kprov } from '../support/kprov.js';

const bed = readBed();
const folder = mkdtempSync(join(tmpdir(), 'kprov-real-'));
afterAll(() => rmSync(folder, { recursive: true }));

const copied = (name: string): string => {
  const to = join(folder, name);
  cpSync(fileURLToPath(new URL(name, import.meta.url)), to, { recursive: true });
  return to;
};

interface Recap {
  code: number | null;
  /** Over all hosts. */
  changed: number;
  failed: number;
  stderr: string;
}

async function run(inventory: string, playbook: string): Promise<Recap> {
  const { code, stdout, stderr } = await kprov(['up', '-i', inventory, '--output', 'json', playbook]);
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { type: string; stats?: Record<string, { changed: number; failed: number }> });
  const stats = Object.values(events.find(({ type }) => type === 'run-finished')?.stats ?? {});
  const sum = (name: 'changed' | 'failed') => stats.reduce((total, each) => total + each[name], 0);
  return { code, changed: sum('changed'), failed: sum('failed'), stderr };
}

test('a Vagrant cluster of the 2018 kind converges unchanged, and its second run changes nothing', async () => {
  const directory = copied('vagrant-2018');
  const inventory = join(directory, 'hosts.ini');
  const written = readFileSync(inventory, 'utf8')
    .replace('MASTER', bed.hosts.node1 ?? '')
    .replace('WORKER', bed.hosts.node2 ?? '')
    .replaceAll('PASSWORD', bed.users.ops.password)
    .replace('KNOWN_HOSTS', bed.knownHostsFile);
  writeFileSync(inventory, written);
  const first = await run(inventory, join(directory, 'playbook.yml'));
  expect(first).toMatchObject({ code: 0, failed: 0 });
  expect(first.changed).toBeGreaterThan(10);
  const second = await run(inventory, join(directory, 'playbook.yml'));
  expect(second).toMatchObject({ code: 0, failed: 0, changed: 0 });
}, 300_000);

test('a web server of roles is up and answers, and its second run changes nothing', async () => {
  const directory = copied('web');
  const inventory = join(directory, 'hosts.ini');
  writeFileSync(inventory, `${readFileSync(bed.inventoryFile, 'utf8')}\n[web:children]\ncluster\n`);
  const first = await run(inventory, join(directory, 'site.yml'));
  expect(first).toMatchObject({ code: 0, failed: 0 });
  const second = await run(inventory, join(directory, 'site.yml'));
  expect(second).toMatchObject({ code: 0, failed: 0, changed: 0 });
}, 300_000);
