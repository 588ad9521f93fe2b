import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BedHost, readBed } from '../../lab/bed.js';
import { kprov } from '../../support/kprov.js';
import { putFiles } from '../../support/task-cases.js';

const bed = readBed();
const playbooks = fileURLToPath(new URL('playbooks', import.meta.url));
const local = mkdtempSync(join(tmpdir(), 'kprov-'));
afterAll(() => rmSync(local, { recursive: true }));

const onHost = (host: BedHost, script: string): Buffer =>
  execFileSync('ssh', ['-F', bed.sshConfigFile, host, script], { maxBuffer: 64 << 20 });

/** What a dry run must leave alone: every path with its content's age, the accounts, packages, mounts, kernel settings. */
const traces = (host: BedHost): string =>
  onHost(
    host,
    `{ find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/log -o -path /dev \\) -prune -o -printf '%p %y %m %u %g %s %T@ %C@\\n' | sort
       find /tmp /run/kprov -not -name 'systemd-*' 2>/dev/null
       cat /proc/self/mounts /proc/sys/net/ipv4/tcp_keepalive_time /proc/sys/kernel/hostname; systemctl list-units --all --plain --no-legend '*.service' | grep -v systemd- | grep -v user@ | grep -v session; }`,
  ).toString();

interface Told {
  code: number | null;
  /** Task name and status, in the order of the playbook. */
  statuses: [string, string][];
  changed: number;
  problems: unknown[];
}

interface Event {
  type: string;
  task: { name: string; order: [number, number] };
  result: { status: string; value: { msg?: string; reason?: string; changed?: boolean } };
  stats: Record<string, { changed: number }>;
}

/** Runs one of the playbooks with the built command, as a user would, and reads its events. */
async function run(name: string, args: readonly string[] = []): Promise<Told> {
  const { code, stdout } = await kprov([
    'up',
    ...['-i', bed.inventoryFile, '-e', JSON.stringify({ local, key_sum: keySum }), '--output', 'json', ...args],
    join(playbooks, name),
  ]);
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event);
  const finished = events.filter(({ type }) => type === 'task-finished');
  const stats = events.find(({ type }) => type === 'run-finished')?.stats ?? {};
  return {
    code,
    statuses: finished.map(({ task, result }) => [task.name, result.status]),
    changed: Object.values(stats).reduce((sum, host) => sum + host.changed, 0),
    problems: finished
      .filter(({ result }) => ['failed', 'unreachable'].includes(result.status) && result.value.msg !== 'as asked')
      .map(({ task, result }) => [task.name, result.value]),
  };
}

const keySum = createHash('sha256')
  .update(onHost('node1', `curl -s ${bed.mirror}/apt/key.asc`))
  .digest('hex');

putFiles(local, {
  bytes: Uint8Array.from({ length: 512 }, (_, i) => i % 256),
  large: randomBytes(300_000),
  'tree/a b': 'one\n',
  'tree/sub/c': { content: 'two\n', mode: 0o755 },
  'motd.j2': 'On {{ inventory_hostname }}: {{ odd }}\n',
  'mark.sh': '#!/bin/sh\nprintf "[%s]" "$@" >"$2"\n',
});
execFileSync('tar', ['czf', 'tree.tar.gz', 'tree'], { cwd: local });

/** [playbook, its host, how it logs in, tasks whose dry run cannot say what the real run says]. */
const groups: readonly (readonly [string, BedHost, readonly string[], Record<string, string>])[] = [
  ['packages.yml', 'node3', [], { 'the key of a repository': 'unknown' }],
  [
    'files.yml',
    'node1',
    [],
    {
      'copy copies on the host': 'unknown',
      'shell runs once': 'unknown',
      'raw runs': 'skipped',
      'script has got its arguments': 'unknown',
      stat: 'unknown',
      'stat has seen it': 'unknown',
      'fetch brings a file': 'unknown',
      'wait_for finds a path': 'skipped',
      'wait_for finds a port': 'skipped',
      'wait_for gives up': 'skipped',
    },
  ],
  [
    'system.yml',
    'node2',
    ['-e', 'ansible_user=vagrant'],
    { 'what a user without rights sees': 'skipped', 'who that is': 'unknown', 'the owner is that user': 'unknown' },
  ],
  // What ends in a rescue, or only waits, is left out of a dry run.
  ['facts.yml', 'node3', [], { pause: 'skipped', wait_for_connection: 'skipped', fail: 'unknown', rescue: '' }],
];

/** Tasks that undo what an earlier one of the same playbook does are left out of a second run. */
const settled = ['-e', '{"once": false}'];

describe.each(groups)('%s on a real host', (playbook, host, login, dry) => {
  beforeAll(() => run('clean.yml', ['--limit', host]), 60_000);
  afterAll(() => run('clean.yml', ['--limit', host]), 60_000);

  test('the dry run says what the run does and leaves no trace, and a second run finds nothing to do', async () => {
    const before = traces(host);
    const foretold = await run(playbook, ['--dry-run', '--diff', ...login]);
    expect(foretold.problems).toEqual([]);
    expect(traces(host)).toBe(before);
    const first = await run(playbook, login);
    expect(first.problems).toEqual([]);
    const statuses = first.statuses.map(([name, status]) => [name, dry[name] ?? status]).filter(([, s]) => s !== '');
    expect(foretold.statuses).toEqual(statuses);
    const second = await run(playbook, [...login, ...settled]);
    expect(second).toMatchObject({ code: 0, problems: [], changed: 0 });
    const after = await run(playbook, ['--dry-run', ...login, ...settled]);
    expect(after).toMatchObject({ problems: [], changed: 0 });
  }, 120_000);
});

test('packages, their repository and its key are taken away again, once', async () => {
  await run('packages.yml');
  const first = await run('packages-gone.yml');
  expect(first).toMatchObject({ code: 0, problems: [], changed: 4 });
  expect(await run('packages-gone.yml', settled)).toMatchObject({ code: 0, problems: [], changed: 0 });
  await run('clean.yml', ['--limit', 'node3']);
}, 120_000);

test('sources of packages, keys, services and facts tell what Ansible documents, and nothing is left', async () => {
  const { code, problems } = await run('sources.yml');
  expect([code, problems]).toEqual([0, []]);
}, 60_000);
