import { aptRepository, everyWay, figure, makeProjects, noAptRepository, on, until } from './support.js';

const work = (wait: string) => `
- hosts: all
  gather_facts: false
  tasks:
    - {name: before, copy: {dest: /root/faults-before, content: x}}
    - {name: slow, shell: "mkdir -p /root/faults; echo begun >>/root/faults/slow; ${wait}; echo done >>/root/faults/slow"}
    - {name: after, copy: {dest: /root/faults/after, content: after}}
`;
const quick = work('true');
/** Is at work until it is let go, for however long a busy machine takes. */
const held = work('until [ -e /root/faults-go ]; do sleep 0.1; done');
const letGo = () => void on('node1', ': >/root/faults-go');
const begun = () => until(() => on('node1', 'cat /root/faults/slow 2>/dev/null || true').includes('begun'));

describe('runs', () => {
  const projectOf = makeProjects();
  beforeAll(() => void on('node1', noAptRepository));
  afterAll(() => void on('node1', noAptRepository));
  beforeEach(() => void on('node1', `${everyWay.clean}; rm -f /root/faults-go`));
  afterEach(() => {
    letGo();
    on('node1', everyWay.clean);
  });
  const hosts = [{ name: 'one', host: 'node1' }] as const;

  describe('the lock', () => {
    test.each([
      ['root', hosts],
      ['a user who becomes root', [{ name: 'one', host: 'node1', user: 'vagrant', extra: 'ansible_become=true' }]],
    ] as const)(
      'of %s: a second run is told who holds the host since when, waits, and then goes on',
      async (_, lines) => {
        const first = projectOf(lines, held).start();
        await begun();
        const second = projectOf(lines, quick).start();
        await second.says(
          /another run changes this host, kprov of \S+@\S+ since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(process \d+ there\)/,
        );
        expect(on('node1', 'cat /root/faults/slow')).toBe('begun\n');
        letGo();
        expect((await first.ended).code).toBe(0);
        expect((await second.ended).code).toBe(0);
        expect(on('node1', 'cat /root/faults/slow')).toBe('begun\ndone\nbegun\ndone\n');
      },
    );

    test('a run that waits for it leaves on Ctrl-C', async () => {
      const first = projectOf(hosts, held).start();
      await begun();
      const second = projectOf(hosts, quick).start();
      await second.says(/another run changes/);
      second.child.kill('SIGINT');
      expect((await second.ended).code).toBe(99);
      letGo();
      expect((await first.ended).code).toBe(0);
      expect(on('node1', 'cat /root/faults/slow')).toBe('begun\ndone\n');
    });

    test('dry runs neither take it nor wait for it', async () => {
      const first = projectOf(hosts, held).start();
      await begun();
      expect((await projectOf(hosts, quick).run(['--dry-run'])).stdout).not.toMatch(/another run/);
      expect(on('node1', 'cat /root/faults/slow')).toBe('begun\n');
      letGo();
      await first.ended;
      on('node1', 'rm -rf /run/kprov');
      await projectOf(hosts, quick).run(['--dry-run']);
      expect(on('node1', 'ls -d /run/kprov 2>/dev/null || true')).toBe('');
    });

    test('a run that was killed leaves nothing to unlock', async () => {
      const first = projectOf(hosts, held).start();
      await begun();
      first.child.kill('SIGKILL');
      await first.ended;
      // What it had begun is over first: the command that was running, and nothing behind it.
      const second = projectOf(hosts, quick).start();
      await second.says(/another run changes/);
      letGo();
      expect((await second.ended).code).toBe(0);
      expect(on('node1', 'cat /root/faults/slow')).toBe('begun\ndone\nbegun\ndone\n');
    });

    test('a daemon that a task starts does not hold it', async () => {
      const daemon = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: daemon, shell: "sleep 30 >/dev/null 2>&1 </dev/null & echo $! >/root/faults-daemon"}
`;
      expect((await projectOf(hosts, daemon).run()).code).toBe(0);
      expect(on('node1', 'kill -0 $(cat /root/faults-daemon) && flock -n /run/kprov/lock echo free')).toBe('free\n');
      on('node1', 'kill $(cat /root/faults-daemon); rm -f /root/faults-daemon');
    });

    test('a host without flock is changed all the same, and that is said once', async () => {
      on('node1', 'mv /usr/bin/flock /usr/bin/flock.away');
      try {
        const { code, stdout, stderr } = await projectOf(hosts, quick).run();
        expect(code).toBe(0);
        expect((stdout + stderr).match(/there is no flock on this host/g)).toHaveLength(1);
      } finally {
        on('node1', 'mv /usr/bin/flock.away /usr/bin/flock');
      }
    });

    test('only root may look into the folder that it lies in', async () => {
      on('node1', 'rm -rf /run/kprov');
      expect((await projectOf(hosts, quick).run()).code).toBe(0);
      expect(on('node1', `stat -c '%a %U' /run/kprov; find /run/kprov -type f -perm /077`)).toBe('700 root\n');
    });
  });

  describe('Ctrl-C', () => {
    test.each(['SIGINT', 'SIGTERM'] as const)(
      '%s once: what runs is finished and reported, nothing new is begun',
      async (signal) => {
        const run = projectOf(hosts, held).start();
        await begun();
        run.child.kill(signal);
        await run.says(/interrupted/);
        letGo();
        const { code, stdout, stderr } = await run.ended;
        expect(code).toBe(99);
        expect(stdout + stderr).toMatch(/interrupted: nothing new is begun/);
        expect(stdout).toMatch(/TASK \[slow\] \*+\nchanged: \[one\]/);
        expect(stdout).toMatch(/PLAY RECAP[\s\S]*one +: ok=2 +changed=\d +unreachable=0 +failed=0/);
        expect(stderr).toMatch(/This goes on with the rest:\n {2}kprov up -i hosts.ini site.yml/);
        expect(on('node1', 'cat /root/faults/slow; ls /root/faults')).toBe('begun\ndone\nslow\n');
      },
    );

    test('twice: it leaves at once with 99 and says what is not known', async () => {
      const run = projectOf(hosts, held).start();
      await begun();
      run.child.kill('SIGINT');
      await run.says(/interrupted/);
      const at = performance.now();
      run.child.kill('SIGINT');
      const { code, stderr } = await run.ended;
      expect(performance.now() - at).toBeLessThan(3000);
      expect(code).toBe(99);
      expect(stderr).toMatch(/not known:\n {2}one {2}"slow" \(site.yml:6\), and 1 sent behind it/);
    });

    test.each([
      ['a retry', `{name: retry, command: "false", register: r, until: r.rc == 0, retries: 50, delay: 5}`, /RETRYING/],
      ['a pause', '{name: pause, pause: {seconds: 100}}', /pausing/],
    ])('during %s it ends without a fault of ours', async (_, task, said) => {
      const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - ${task}
`;
      const run = projectOf(hosts, playbook).start();
      await run.says(said);
      run.child.kill('SIGINT');
      const { code, stderr } = await run.ended;
      expect({ code, stderr }).toMatchObject({
        code: 99,
        stderr: expect.not.stringMatching(/bug|fault of|at .*\.js:/),
      });
    });
  });

  test('killed at any moment, the next run converges, and no temporary file, half a file or lock is left', async () => {
    const points = Number(process.env.KPROV_KILL_POINTS ?? 40);
    // Moments are met that last: a package that is being installed, a file that is written and not in place yet.
    const project = projectOf(
      hosts,
      `${everyWay.tasks}
- hosts: all
  gather_facts: false
  tasks:
    - {name: slow, copy: {dest: /root/faults/slow, content: slow, validate: "sh -c 'sleep 1' %s"}}
`,
    );
    const state = `${everyWay.state} && cat slow`;
    on('node1', aptRepository('sleep 0.7'));
    const started = performance.now();
    expect(await project.run()).toMatchObject({ code: 0 });
    const full = performance.now() - started;
    const wanted = on('node1', state);
    let killed = 0;
    for (let point = 0; point < points; point++) {
      on('node1', everyWay.clean);
      const run = project.start();
      // Half of them while the host is at work: the last third of the time.
      const at = point % 2 === 0 ? (full * point) / points : full * (0.5 + (0.6 * point) / points);
      const timer = setTimeout(() => {
        if (run.child.kill('SIGKILL')) killed++;
      }, at);
      await run.ended;
      clearTimeout(timer);
      // Two times of four together with the shell on the host.
      if (point % 4 > 1) on('node1', `pkill -KILL -f '^(/bin/)?sh -s$' || true`);
      const again = await project.run(['--output', 'json']);
      const said = again.code === 0 ? '' : again.stdout + again.stderr;
      expect({ point, code: again.code, said }).toEqual({ point, code: 0, said: '' });
      expect({ point, state: on('node1', state) }).toEqual({ point, state: wanted });
      expect({ point, left: on('node1', everyWay.leftovers) }).toEqual({ point, left: '' });
    }
    expect(killed).toBeGreaterThan(points / 3);
    const last = await project.run();
    expect(last.stdout).toMatch(/changed=0/);
    figure(`kill points in time: ${points} tried, ${killed} of them while it ran, converged: all`);
  }, 1_800_000);

  test('a shell that is killed in the middle of a write leaves the old content, and the next run removes its temporary file', async () => {
    const write = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: directory, file: {path: /root/faults, state: directory}}
    - {name: write, copy: {dest: /root/faults/file, content: new, validate: "sh -c 'sleep 30; true' %s"}}
`;
    const project = projectOf(hosts, write);
    on('node1', 'mkdir -p /root/faults; printf old >/root/faults/file');
    const run = project.start();
    await until(() => on('node1', 'ls -A /root/faults 2>/dev/null || true').includes('.kprov-'));
    run.child.kill('SIGKILL');
    on('node1', `pkill -KILL -f '^(/bin/)?sh -s$'; pkill -KILL -x sleep; true`);
    await run.ended;
    expect(on('node1', 'ls -A /root/faults; cat /root/faults/file')).toMatch(/^\.kprov-\S+\nfile\nold$/);
    project.write('site.yml', quick);
    expect((await project.run()).code).toBe(0);
    expect(on('node1', 'ls -A /root/faults')).toBe('after\nfile\nslow\n');
  });
});
