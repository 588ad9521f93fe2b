import { Gates } from './gates.js';
import { FaultyLine, figure, makeProjects, on, type Reported, resultsOf, sleep, until } from './support.js';

const tasks = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: directory, file: {path: /root/faults, state: directory}}
    - {name: first, copy: {dest: /root/faults/first, content: "{{ 'first ' * 3000 }}"}}
    - {name: line, lineinfile: {path: /root/faults/line, line: one, create: true}, notify: handler}
    - {name: second, copy: {dest: /root/faults/second, content: "second\\n"}}
    - {name: stat, stat: {path: /root/faults/second}, register: seen}
    - {name: third, copy: {dest: /root/faults/third, content: "size {{ seen.stat.size }}\\n"}}
    - {name: last, copy: {dest: /root/faults/last, content: "{{ 'last ' * 3000 }}"}}
  handlers:
    - {name: handler, file: {path: /root/faults/notified, state: touch}}
`;
const state = `cd /root/faults && ls -A && cat line second third && wc -c <first && wc -c <last`;
const wanted = 'first\nlast\nline\nnotified\nsecond\nthird\none\nsecond\nsize 7\n18000\n15000\n';
const clean = 'rm -rf /root/faults';

const counts = (results: readonly Reported[], host: string) =>
  Object.fromEntries(results.filter((result) => result.host === host).map(({ task, status }) => [task, status]));

describe('the connection', () => {
  const proxies: FaultyLine[] = [];
  const projectOf = makeProjects();
  beforeEach(() => {
    on('node1', clean);
    on('node2', clean);
  });
  afterEach(() => {
    on('node1', `pkill -CONT -f '^sshd: root@notty' || true`);
    for (const proxy of proxies.splice(0)) proxy.close();
    on('node1', clean);
    on('node2', clean);
  });
  const proxyBefore = async (host: 'node1' | 'node2') => {
    const proxy = await FaultyLine.before(host);
    proxies.push(proxy);
    return proxy;
  };
  test('cut after any number of bytes, repeatable tasks converge, each reported once, the other host is not disturbed', async () => {
    const proxy = await proxyBefore('node1');
    const project = projectOf(
      [
        { name: 'cut', host: 'node1', proxy },
        { name: 'other', host: 'node2' },
      ],
      tasks,
    );
    expect((await project.run()).code).toBe(0);
    const full = { ...proxy.bytes };
    const points = Number(process.env.KPROV_FAULT_POINTS ?? 10);
    let reconnected = 0;
    let unreachable = 0;
    for (const direction of ['up', 'down'] as const) {
      for (let point = 0; point < points; point++) {
        on('node1', clean);
        proxy.bytes.up = 0;
        proxy.bytes.down = 0;
        proxy.connections = 0;
        const how = point % 3 === 2 ? 'hole' : 'cut';
        // The handshake and the login are broken, too.
        proxy.breakAt = { direction, bytes: Math.ceil(((point + 0.7) * full[direction]) / points), how };
        const { code, stdout, stderr } = await project.run(['--output', 'json', '-T', '30']);
        const results = resultsOf(stdout);
        const about = `${direction} ${point} ${how}: ${stderr}`;
        if (how === 'hole' && code === 4 && /no (connection to|login on)/.test(stderr)) {
          // In the middle of the login nobody tells silence from slowness: that time is over with the hole in it.
          expect(results.filter(({ host, status }) => host === 'cut' && status !== 'unreachable')).toEqual([]);
          expect((await project.run()).code).toBe(0);
          expect(on('node1', state)).toBe(wanted);
          unreachable++;
          continue;
        }
        expect({ about, code }).toEqual({ about, code: 0 });
        expect(results.filter(({ host }) => host === 'cut').map(({ task }) => task)).toEqual([
          'directory',
          'first',
          'line',
          'second',
          'stat',
          'third',
          'last',
          'handler',
        ]);
        expect(counts(results, 'other').last).toBe('ok');
        // What was done before the answer was lost still counts as a change.
        expect({ about, ...counts(results, 'cut') }).toMatchObject({
          directory: 'changed',
          line: 'changed',
          last: 'changed',
        });
        expect({ about, state: on('node1', state) }).toEqual({ about, state: wanted });
        if (proxy.connections > 1) reconnected++;
      }
    }
    expect(reconnected).toBeGreaterThan(points);
    expect(unreachable).toBeLessThan(points / 2);
    figure(
      `connection lost at ${2 * points} bytes: ${2 * points - unreachable} went on, ${unreachable} in the login said so`,
    );
  }, 600_000);

  test('silent in the middle of a step that is sent: the shell that waits for its rest ends for the one that replaces it', async () => {
    const proxy = await proxyBefore('node1');
    const project = projectOf(
      [{ name: 'cut', host: 'node1', proxy }],
      `
- hosts: all
  gather_facts: false
  tasks:
    - {name: directory, file: {path: /root/faults, state: directory}}
    - {name: long, copy: {dest: /root/faults/long, content: "{{ 'long ' * 10000 }}"}}
`,
    );
    expect((await project.run()).code).toBe(0);
    const bytes = Math.ceil(proxy.bytes.up / 2);
    on('node1', clean);
    proxy.bytes.up = 0;
    proxy.connections = 0;
    proxy.breakAt = { direction: 'up', bytes, how: 'hole' };
    const { code, stdout } = await project.run(['--output', 'json']);
    const results = resultsOf(stdout).map(({ task, status }) => `${task} ${status}`);
    expect({ code, results }).toEqual({ code: 0, results: ['directory changed', 'long changed'] });
    expect(proxy.connections).toBe(2);
    expect(on('node1', 'wc -c </root/faults/long')).toBe('50000\n');
  });

  test.each([
    ['in the shell itself', 200_000],
    ['in a session of its own', 3_000_000],
  ])(
    'cut when a file that was sent %s is in place, and nobody has told: it is sent once more, and counts as changed',
    async (_, size) => {
      const proxy = await proxyBefore('node1');
      const content = 'a line\n'.repeat(size / 7);
      const project = projectOf(
        [{ name: 'cut', host: 'node1', proxy }],
        `
- hosts: all
  gather_facts: false
  tasks:
    - {name: directory, file: {path: /root/faults, state: directory}}
    - {name: big, copy: {src: big, dest: /root/faults/big}}
    - {name: after, copy: {dest: /root/faults/after, content: after}}
`,
        { big: content },
      );
      const gates = new Gates('rmdir');
      await gates.open();
      gates.put('node1');
      gates.decide = ({ when }) => {
        if (when === 'after' && proxy.connections === 1) proxy.cut();
        return 'go';
      };
      const { code, stdout, stderr } = await project.run(['--output', 'json']);
      gates.remove('node1');
      gates.close();
      const results = resultsOf(stdout).map(({ task, status, message }) => `${task} ${status} ${message}`.trim());
      expect({ code, results, stderr }).toMatchObject({
        code: 0,
        results: ['directory changed', 'big changed', 'after changed'],
      });
      expect(proxy.connections).toBeGreaterThan(1);
      expect(on('node1', 'ls -A /root/faults; cat /root/faults/big')).toBe(`after\nbig\n${content}`);
    },
  );

  const once = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: directory, file: {path: /root/faults, state: directory}}
    - {name: once, shell: "echo begun >>/root/faults/once; sleep 3; echo done >>/root/faults/once"}
    - {name: after, copy: {dest: /root/faults/after, content: after}}
`;
  test.each([
    ['the TCP connection is cut', (proxy: FaultyLine) => proxy.cut()],
    ['the network is a black hole', (proxy: FaultyLine) => proxy.hole()],
    ["sshd's session process is killed", () => void on('node1', `pkill -KILL -f '^sshd: root@notty' || true`)],
    [
      'the remote shell is killed',
      () => void on('node1', `pkill -KILL -o -f '^/bin/sh -s' || pkill -KILL -o -f '^sh -s'`),
    ],
    ['the peer is frozen', () => void on('node1', `pkill -STOP -f '^sshd: root@notty' || true`)],
  ])(
    'a command that may not be repeated is unknown when %s, is not run again, and the other host goes on',
    async (_, fault) => {
      const proxy = await proxyBefore('node1');
      const project = projectOf(
        [
          { name: 'cut', host: 'node1', proxy },
          { name: 'other', host: 'node2' },
        ],
        once,
      );
      const run = project.start(['--output', 'json']);
      await until(() => on('node1', 'cat /root/faults/once 2>/dev/null || true').includes('begun'));
      fault(proxy);
      const { code, stdout } = await run.ended;
      on('node1', `pkill -CONT -f '^sshd: root@notty' || true`);
      const results = resultsOf(stdout);
      expect(counts(results, 'cut')).toEqual({ directory: 'changed', once: 'unreachable' });
      expect(results.find(({ host, status }) => host === 'cut' && status === 'unreachable')?.message).toMatch(
        /whether it was finished is not known/,
      );
      expect(counts(results, 'other')).toEqual({ directory: 'changed', once: 'changed', after: 'changed' });
      expect(code).toBe(4);
      await sleep(3500);
      // What was sent behind it may have been done, too; the command itself is never run again.
      expect(on('node1', 'cat /root/faults/once')).toMatch(/^begun\n(done\n)?$/);
    },
  );

  test('the message of an unknown outcome tells a person what is unknown and how to go on', async () => {
    const proxy = await proxyBefore('node1');
    const project = projectOf([{ name: 'cut', host: 'node1', proxy }], once);
    const run = project.start();
    await until(() => on('node1', 'cat /root/faults/once 2>/dev/null || true').includes('begun'));
    proxy.cut();
    const { stdout, stderr } = await run.ended;
    expect(stdout).toMatch(/cut.*UNREACHABLE!/);
    expect(stdout).toMatch(/whether it was finished is not known/);
    expect(stderr).toMatch(/kprov up -i hosts.ini site.yml/);
    expect(stderr).toMatch(/cut {2}unreachable at "once" \(site.yml:6\), and 1 task behind it perhaps begun/);
  });
});
