import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readBed } from '../../lab/bed.js';
import { type PlaybookRun, runPlaybookFiles } from '../../support/run-playbook.js';

jest.setTimeout(180_000);

const bed = readBed();
const nodes = ['node1', 'node2', 'node3'] as const;
const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
const content = randomBytes(24 * 1024 * 1024 + 77);
const sum = createHash('sha256').update(content).digest('hex');
writeFileSync(join(folder, 'image'), content);
afterAll(() => rmSync(folder, { recursive: true }));

const onHost = (node: string, script: string): string =>
  execFileSync('ssh', ['-F', bed.sshConfigFile, node, script]).toString().trim();
const onAll = (script: string): string[] => nodes.map((node) => onHost(node, script));

/** The command of every server that gives a file has this in it. */
const GIVER = 'ssh[d].* -f /tmp/tmp';

const send = async (args: object, more: object = {}, user: 'vagrant' | 'ops' = 'vagrant'): Promise<PlaybookRun> => {
  const login = [
    `ansible_user=${user} ansible_ssh_private_key_file=${bed.privateKeyFile}`,
    `ansible_ssh_common_args='-F none -o UserKnownHostsFile=${bed.knownHostsFile}'`,
    ...(user === 'ops' ? [`ansible_become_password=${bed.users.ops.password}`] : []),
  ];
  const tasks = [{ copy: { src: join(folder, 'image'), dest: '/var/lib/kprov-image', ...args }, ...more }];
  return runPlaybookFiles({
    args: ['-v', '--hand-on'],
    files: {
      'hosts.ini': nodes.map((node) => `${node} ansible_host=${bed.hosts[node]} ${login.join(' ')}\n`).join(''),
      'playbook.yml': JSON.stringify([{ hosts: 'all', gather_facts: false, become: true, tasks }]),
    },
  });
};

const remarks = (run: PlaybookRun): string[] =>
  run.events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
const came = (run: PlaybookRun): string[] => remarks(run).filter((text) => text.startsWith('a large file came from'));
const failed = (run: PlaybookRun): string[] => remarks(run).filter((text) => text.includes('could not be had from'));

function expectThere(run: PlaybookRun, mode = '644'): void {
  for (const node of nodes) {
    const [copied] = run.hosts[node] ?? [];
    expect([copied?.status, copied?.result.msg]).toEqual(['changed', undefined]);
  }
  const seen = onAll('sha256sum </var/lib/kprov-image; stat -c "%U:%G %a" /var/lib/kprov-image');
  expect(seen).toEqual(nodes.map(() => `${sum}  -\nroot:root ${mode}`));
}

/** No process, no file and no port of it. */
function expectNothingLeft(): void {
  const look = `pgrep -fa '${GIVER}|ssh -F none' | grep -v grep; ls -d /tmp/tmp.* /var/lib/.kprov-* 2>/dev/null; ss -Hltn | awk '{print $4}' | grep -E ':(2[0-9]|3[01])[0-9]{3}$'; true`;
  let left: string[] = [];
  for (let tries = 0; tries < 20; tries++) {
    left = onAll(look);
    if (left.join('') === '') break;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
  expect(left).toEqual(['', '', '']);
}

/** On every host, what a server that gives a file runs in place of cat: only its logins have this variable. */
function insteadOfCat(script: string): void {
  const cat = `#!/bin/sh\nif [ -n "$SSH_ORIGINAL_COMMAND" ]; then ${script}; else exec /bin/cat "$@"; fi\n`;
  const text = Buffer.from(cat).toString('base64');
  onAll(`printf %s ${text} | base64 -d >/usr/local/bin/cat; chmod 755 /usr/local/bin/cat`);
}

afterEach(() => {
  onAll('rm -rf /var/lib/kprov-image /var/lib/.kprov-* /usr/local/bin/cat; iptables -F INPUT');
});

test.each(['vagrant', 'ops'] as const)('hosts hand a large file on, with its owner and mode: %s', async (user) => {
  const run = await send({ mode: '0644' }, {}, user);
  expectThere(run);
  expect(failed(run)).toEqual([]);
  expect(came(run)).toHaveLength(2);
  expectNothingLeft();
});

test.each([
  ['whose mode does not let everybody read it', { mode: '0640' }, {}, '640'],
  ['whose mode is not said', {}, {}, '644'],
  ['of a task under no_log', { mode: '0644' }, { no_log: true }, '644'],
])('a file %s is not handed on', async (_what, args, more, mode) => {
  const run = await send(args, more);
  expectThere(run, mode);
  expect(remarks(run)).toEqual([]);
});

test('a host that is out of reach is done without, in bounded time', async () => {
  onAll('iptables -A INPUT -p tcp --dport 20000:32000 -j DROP');
  const started = performance.now();
  const run = await send({ mode: '0644' });
  expectThere(run);
  expect(came(run)).toEqual([]);
  expect(failed(run).length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(40_000);
  expectNothingLeft();
});

test('when what is given is not the file, it is sent from here', async () => {
  insteadOfCat(`head -c ${content.length} /dev/zero`);
  const run = await send({ mode: '0644' });
  expectThere(run);
  expect(came(run)).toEqual([]);
  expect(failed(run).join('\n')).toContain('what came is not the file');
  expectNothingLeft();
});

test('when the server that gives is killed in the middle, the rest is sent from here', async () => {
  insteadOfCat(`head -c 8000000; pkill -KILL -f "ssh[d].* -f /tmp/tmp"; kill -KILL "$PPID"`);
  const run = await send({ mode: '0644' });
  expectThere(run);
  expect(came(run)).toEqual([]);
  expect(failed(run).length).toBeGreaterThan(0);
  expectNothingLeft();
});
