import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderGraph, renderHost, renderList } from '../../src/cli/commands/inventory.js';
import { corpus } from './corpus.js';
import { load } from './memory.js';

const isInstalled = spawnSync('ansible-inventory', ['--version']).status === 0;
const testWithAnsible = isInstalled ? test : test.skip;

function ansible(folder: string, args: string[]): string {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1',
  };
  return execFileSync('ansible-inventory', args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const golden = new URL('golden.json', import.meta.url).pathname;
const isRecording = process.env.KPROV_RECORD_ANSIBLE === '1';
const recorded: Record<string, string[]> = isRecording ? {} : JSON.parse(readFileSync(golden, 'utf8'));

describe.each(corpus)('$name', ({ name, files, sources, playbookDir, hosts = [] }) => {
  testWithAnsible(
    'is listed as by ansible-inventory',
    async () => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
        chmodSync(join(folder, path), 0o644);
      }
      const common = [
        ...sources.flatMap((source) => ['-i', source]),
        ...(playbookDir === undefined ? [] : ['--playbook-dir', playbookDir]),
      ];
      const calls = [['--list'], ['--graph'], ...hosts.map((host) => ['--host', host])];
      const theirs = calls.map((call) => ansible(folder, [...common, ...call]).trimEnd());
      recorded[name] = theirs;
      const { inventory } = await load(files, sources);
      const options = playbookDir === undefined ? {} : { playbookDir };
      const ours = [
        renderList(inventory, options),
        renderGraph(inventory),
        ...hosts.map((host) => renderHost(inventory, host, options)),
      ];
      expect(ours).toEqual(theirs);
    },
    60_000,
  );
});

afterAll(() => {
  if (isRecording) writeFileSync(golden, `${JSON.stringify(recorded, null, 2)}\n`);
});
