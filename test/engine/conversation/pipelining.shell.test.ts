import fc from 'fast-check';
import type { Channel, Connection, Transport } from '../../../src/transport/index.js';
import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

/** Counts how often something is written after an answer has come: each is a round trip that had to be waited for. */
function counting(): { wrap(transport: Transport): Transport; roundTrips(): number } {
  let count = 0;
  const watch = (channel: Channel): Channel => {
    let answered = true;
    return {
      exit: channel.exit,
      write: (data) => {
        if (answered) count++;
        answered = false;
        return channel.write(data);
      },
      handOn: (data) => channel.handOn(data),
      end: () => channel.end(),
      close: () => channel.close(),
      onStderr: (listener) => channel.onStderr(listener),
      onStdout: (listener) =>
        channel.onStdout((chunk) => {
          // Nobody waits for the greeting, or for a step's first words: they may come while the others are being written.
          if (chunk.includes(' end ')) answered = true;
          listener(chunk);
        }),
    };
  };
  const wrapped = (connection: Connection): Connection => ({
    target: connection.target,
    user: connection.user,
    lost: connection.lost,
    close: () => connection.close(),
    exec: async (command) => watch(await connection.exec(command)),
  });
  return {
    roundTrips: () => count,
    wrap: (transport) => ({
      connect: async (target, signal) => wrapped(await transport.connect(target, signal)),
      close: () => transport.close(),
    }),
  };
}

async function roundTripsOf(tasks: readonly object[]): Promise<number> {
  const counter = counting();
  const play = [{ hosts: 'h1', gather_facts: false, tasks }];
  const files = { 'hosts.ini': localHosts(['h1']), 'playbook.yml': JSON.stringify(play) };
  const run = await runPlaybookFiles({ files, wrap: counter.wrap });
  expect(run.recap.h1).toMatchObject({ failed: 0, ok: tasks.length });
  return counter.roundTrips();
}

// The first answer of a slow task comes after everything else was sent, however loaded the machine is.
const slow = { command: 'sleep 1' };
const independent = (count: number): object[] => [slow, ...Array.from({ length: count }, () => ({ command: 'true' }))];

test('twenty tasks that need nothing of each other cost no more round trips than two', async () => {
  expect(await roundTripsOf(independent(20))).toBeLessThanOrEqual(await roundTripsOf(independent(2)));
}, 30_000);

test('a task that reads the result of the one before costs a round trip', async () => {
  const dependent = [slow, { command: 'echo 1', register: 'r' }, { command: 'echo {{ r.stdout }}' }];
  expect(await roundTripsOf(dependent)).toBe((await roundTripsOf(independent(2))) + 1);
}, 30_000);

/** A small language of playbooks, and what it means, one task after another. */
interface Step {
  kind: 'ok' | 'fail' | 'ignored' | 'when' | 'local' | 'peer' | 'once' | 'block';
  /** The host on which it fails or applies. */
  on: number;
  inner: Step[];
}

type Log = Record<string, string[]>;

const hosts = ['h1', 'h2', 'h3'];
const hostOf = (step: Step): string => hosts[step.on % hosts.length] ?? 'h1';

function write(steps: readonly Step[], path = 't'): object[] {
  return steps.map((step, index) => {
    const name = `${path}${index}`;
    const here = `inventory_hostname == '${hostOf(step)}'`;
    switch (step.kind) {
      case 'ok':
        return { name, command: 'true' };
      case 'fail':
        return { name, command: 'false', when: here };
      case 'ignored':
        return { name, command: 'false', ignore_errors: true };
      case 'when':
        return { name, command: 'true', when: here };
      case 'local':
        return { name, set_fact: { last: name } };
      case 'peer':
        return { name, debug: { msg: `{{ hostvars['${hostOf(step)}'].last | default('none') }}` } };
      case 'once':
        return { name, command: 'true', run_once: true };
      default:
        return {
          name,
          block: [...write(step.inner, `${name}b`), { name: `${name}z`, command: 'true' }],
          rescue: [{ name: `${name}r`, debug: { msg: "{{ last | default('none') }}" } }],
        };
    }
  });
}

/** What real Ansible's strategy linear would come to: every host does a task before any does the next. */
function expected(steps: readonly Step[]): Log {
  const log: Log = Object.fromEntries(hosts.map((host) => [host, []]));
  const last: Record<string, string> = {};
  const go = (list: readonly Step[], path: string, alive: Set<string>): void => {
    for (const [index, step] of list.entries()) {
      const name = `${path}${index}`;
      const doing = hosts.filter((host) => alive.has(host));
      if (step.kind === 'block') {
        const inside = new Set(doing);
        go(step.inner, `${name}b`, inside);
        for (const host of doing) {
          if (inside.has(host)) log[host]?.push(`${name}z changed`);
          else log[host]?.push(`${name}r ok ${last[host] ?? 'none'}`);
        }
        continue;
      }
      const seen = { ...last };
      for (const host of doing) {
        if (step.kind === 'once' && host !== doing[0]) continue;
        const applies = host === hostOf(step);
        if (step.kind === 'local') last[host] = name;
        if (step.kind === 'fail' && applies) alive.delete(host);
        const said = {
          ok: 'changed',
          once: 'changed',
          ignored: 'failed',
          local: 'ok',
          fail: applies ? 'failed' : 'skipped',
          when: applies ? 'changed' : 'skipped',
          peer: `ok ${seen[hostOf(step)] ?? 'none'}`,
        }[step.kind];
        log[host]?.push(`${name} ${said}`);
      }
    }
  };
  go(steps, 't', new Set(hosts));
  return log;
}

const leaf = (kinds: Step['kind'][]): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constantFrom(...kinds), on: fc.nat(2), inner: fc.constant<Step[]>([]) });
const plain: Step['kind'][] = ['ok', 'fail', 'ignored', 'when', 'local', 'local', 'peer', 'peer'];
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: leaf([...plain, 'once']) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant<Step['kind']>('block'),
      on: fc.nat(2),
      inner: fc.array(leaf(plain), { minLength: 1, maxLength: 4 }),
    }),
  },
);

test('hosts that run free come to what one task after another comes to, and never wait for each other for good', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const play = [{ hosts: 'all', gather_facts: false, tasks: write(steps) }];
      const files = { 'hosts.ini': localHosts(hosts), 'playbook.yml': JSON.stringify(play) };
      const run = await Promise.race([
        runPlaybookFiles({ files }),
        new Promise<never>((_, reject) => setTimeout(() => reject(new Error('the run does not end')), 20_000).unref()),
      ]);
      expect(run.refused).toEqual([]);
      const got = Object.fromEntries(
        hosts.map((host) => [
          host,
          (run.hosts[host] ?? []).map(({ task, status, action, result }) =>
            action === 'debug' ? `${task} ${status} ${String(result.msg)}` : `${task} ${status}`,
          ),
        ]),
      );
      expect(got).toEqual(expected(steps));
    }),
    { numRuns: Number(process.env.KPROV_RUNS ?? 40), endOnFailure: true },
  );
}, 120_000);

test('a result that comes late does not hide a newer one of the same name', async () => {
  const tasks = [
    { command: 'echo old', register: 'r' },
    { command: 'echo x', register: 'x' },
    { shell: 'sleep 0.5; echo new', register: 'r' },
    { debug: { msg: '{{ x.stdout }}' } },
    { name: 'newest', debug: { msg: '{{ r.stdout }}' } },
  ];
  const play = [{ hosts: 'h1', gather_facts: false, tasks }];
  const run = await runPlaybookFiles({
    files: { 'hosts.ini': localHosts(['h1']), 'playbook.yml': JSON.stringify(play) },
  });
  expect(run.hosts.h1?.at(-1)).toMatchObject({ task: 'newest', result: { msg: 'new' } });
}, 30_000);
