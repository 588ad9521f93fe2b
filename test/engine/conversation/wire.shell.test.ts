import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Transport } from '../../../src/transport/index.js';
import { delayedProxy } from '../../support/delayed-proxy.js';
import { runPlaybookFiles } from '../../support/run-playbook.js';
import { SshBed } from '../../transport/sshd.js';

const bed = new SshBed();
const folder = mkdtempSync(join(tmpdir(), 'kprov-wire-'));
const shims = join(folder, 'shims');
const log = join(folder, 'started');
let sshPort = 0;

/** Every command of the machine writes its name down before it runs. */
function makeShims(): void {
  mkdirSync(shims);
  const shim = bed.write('shim', `#!/bin/sh\necho "\${0##*/}" >>${log}\nexec /usr/bin/"\${0##*/}" "$@"\n`, 0o755);
  for (const name of readdirSync('/usr/bin')) if (/^[a-z][a-z0-9]*$/.test(name)) symlinkSync(shim, join(shims, name));
}

const started = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);

beforeAll(async () => {
  makeShims();
  bed.key('user');
  const server = await bed.sshd({ config: [`SetEnv PATH=${shims}:/usr/bin:/bin`] });
  sshPort = server.port;
});

afterAll(async () => {
  await bed.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Cost {
  roundTrips: number;
  connections: number;
  channels: number;
  /** Commands that were started on the host. */
  processes: string[];
}

/** Runs tasks on a real sshd, 30 ms away each way, and counts what it took. */
async function costOf(tasks: readonly object[]): Promise<Cost> {
  const proxy = await delayedProxy(sshPort, 30);
  let channels = 0;
  const counting = (transport: Transport): Transport => ({
    close: () => transport.close(),
    connect: async (target, signal) => {
      const connection = await transport.connect(target, signal);
      const { exec } = connection;
      connection.exec = (command) => {
        channels++;
        return exec.call(connection, command);
      };
      return connection;
    },
  });
  const options = `-F none -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no`;
  const host = `h1 ansible_host=127.0.0.1 ansible_port=${proxy.port} ansible_user=${userInfo().username}`;
  const how = `ansible_ssh_private_key_file=${bed.path('user')} ansible_ssh_common_args="${options}"`;
  const play = [{ hosts: 'h1', gather_facts: false, tasks }];
  const before = started().length;
  try {
    const files = { 'hosts.ini': `${host} ${how}\n`, 'playbook.yml': JSON.stringify(play) };
    const run = await runPlaybookFiles({ files, wrap: counting });
    expect(run.recap.h1).toMatchObject({ failed: 0, unreachable: 0, ok: tasks.length });
  } finally {
    proxy.close();
  }
  return {
    roundTrips: proxy.roundTrips(),
    connections: proxy.connections(),
    channels,
    // Other runs on this machine may be in the way: waiting for the lock takes processes, too.
    processes: started()
      .slice(before)
      .filter((name) => name !== 'flock' && name !== 'sleep'),
  };
}

// Its answer comes after everything that needs no answer was sent, however loaded the machine is.
const slow = { command: 'sleep 1' };
const independent = (count: number): object[] => [slow, ...Array.from({ length: count }, () => ({ command: 'true' }))];
const chain = (count: number): object[] => [
  { command: 'echo 0', register: 'r0' },
  ...Array.from({ length: count }, (_, i) => ({ command: `echo {{ r${i}.stdout }}`, register: `r${i + 1}` })),
];

test('twenty tasks without data dependencies take the round trips, the connection and the session of two', async () => {
  const few = await costOf(independent(2));
  const many = await costOf(independent(20));
  // What comes during the login may be cut into packets once more or once less.
  expect(Math.abs(many.roundTrips - few.roundTrips)).toBeLessThanOrEqual(1);
  expect(many).toMatchObject({ connections: 1, channels: 1 });
  expect(few).toMatchObject({ connections: 1, channels: 1 });
  expect(many.processes.length - few.processes.length).toBe(18);
}, 60_000);

test('every data dependency takes one round trip more, and no further session', async () => {
  const none = await costOf(independent(2));
  const six = await costOf(chain(6));
  expect(six.roundTrips).toBeGreaterThanOrEqual(none.roundTrips + 5);
  expect(six.roundTrips).toBeLessThanOrEqual(none.roundTrips + 7);
  expect(six).toMatchObject({ connections: 1, channels: 1 });
}, 60_000);

test('a run that changes nothing starts no more processes than the same script by hand, and one for the lock', async () => {
  const place = join(folder, 'place');
  const tasks = [
    { file: { path: place, state: 'directory', mode: '0755' } },
    { copy: { dest: `${place}/a.conf`, content: 'a\n', mode: '0644' } },
    { copy: { dest: `${place}/b.conf`, content: 'b\n', mode: '0600' } },
    { lineinfile: { path: `${place}/a.conf`, line: 'a', regexp: '^a' } },
    { file: { src: `${place}/a.conf`, dest: `${place}/link`, state: 'link' } },
    { command: 'id -u', changed_when: false },
  ];
  await costOf(tasks);
  const { processes } = await costOf(tasks);
  // What the user's login shell starts on its way is no work of ours.
  const login = (await costOf([{ raw: 'exit 0' }])).processes;
  const own = [...processes];
  for (const name of login) if (own.includes(name)) own.splice(own.indexOf(name), 1);
  const before = started().length;
  const script = `
same() { [ "$(cat "$1")" = "$2" ] && [ "$(stat -c '%a %U:%G' "$1")" = "$3" ]; }
stat -c '%a %U:%G' ${place}
same ${place}/a.conf a 'x'; same ${place}/b.conf b 'x'; stat -c %a ${place}/a.conf ${place}/b.conf
grep -q '^a' ${place}/a.conf
readlink ${place}/link
id -u`;
  execFileSync('/bin/sh', ['-c', script], { env: { PATH: `${shims}:/usr/bin:/bin` }, stdio: 'ignore' });
  const byHand = started().length - before;
  expect(own.length).toBeGreaterThan(0);
  expect(own.length).toBeLessThanOrEqual(byHand + 1);
  // All paths are looked at by one process.
  expect(own.filter((name) => name === 'stat')).toHaveLength(1);
}, 60_000);
