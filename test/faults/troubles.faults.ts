import { execFileSync } from 'node:child_process';
import {
  aptRepository,
  dockerOf,
  lengthy,
  makeProjects,
  noAptRepository,
  on,
  resultsOf,
  sleep,
  until,
} from './support.js';

const play = (...tasks: string[]) =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.map((task) => `    - ${task}\n`).join('')}`;

/** Locks a file as apt and dpkg do, under a name of its own, for so many seconds. */
const holdLock = (file: string, seconds: number) => `cat >/root/faults-holder <<'PERL'
use Fcntl; $0 = "unattended-upgr"; open F, ">>${file}"; fcntl(F, F_SETLK, pack("s s l! l! i", F_WRLCK, SEEK_SET, 0, 0, 0)) or die;
open D, ">/root/faults-held"; close D; sleep ${seconds};
PERL
rm -f /root/faults-held; perl /root/faults-holder >/dev/null 2>&1 </dev/null & while [ ! -e /root/faults-held ]; do sleep 0.05; done; echo $!`;

const clean = `${noAptRepository}; pkill -f unattended-upgr; pkill -f faults-holder; umount /mnt/faults 2>/dev/null; rm -rf /root/faults-* /mnt/faults /etc/systemd/system/faults-*; true`;

describe('a host in trouble', () => {
  const projectOf = makeProjects();
  const hosts = [{ name: 'one', host: 'node2' }] as const;
  beforeEach(() => void on('node2', clean));
  afterEach(() => {
    // A test that failed while the host was off must not fail the others.
    execFileSync('docker', ['start', dockerOf('node2')], { stdio: 'ignore' });
    on('node2', clean);
  });
  const resultOf = async (text: string, task: string, files: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await projectOf(hosts, text, files).run(['--output', 'json']);
    return { code, stderr, ...resultsOf(stdout).find((result) => result.task === task) };
  };

  describe('apt', () => {
    lengthy.each([
      ['dpkg', '/var/lib/dpkg/lock-frontend', '{name: apt, apt: {name: kprov-fault}}'],
      ['the package lists', '/var/lib/apt/lists/lock', '{name: apt, apt: {name: kprov-fault, update_cache: true}}'],
    ])('another process has the lock of %s for 40 s: it waits and names the holder', async (_, lock, task) => {
      on('node2', aptRepository('true'));
      // The lists are those of the host's own folder: nothing is asked for on the network.
      on(
        'node2',
        'mkdir -p /root/faults-sources; mv /etc/apt/sources.list /root/faults-sources/ 2>/dev/null; mv /etc/apt/sources.list.d/[!f]* /root/faults-sources/ 2>/dev/null; true',
      );
      try {
        const pid = on('node2', holdLock(lock, 40)).trim();
        const began = performance.now();
        const run = projectOf(hosts, play(task)).start();
        await run.says(new RegExp(`Could not get lock ${lock}\\. It is held by process ${pid} \\(`));
        expect(performance.now() - began).toBeLessThan(30_000);
        const { code, stdout } = await run.ended;
        expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/changed: \[one\]/) });
        expect(performance.now() - began).toBeGreaterThan(35_000);
      } finally {
        on(
          'node2',
          'mv /root/faults-sources/sources.list /etc/apt/ 2>/dev/null; mv /root/faults-sources/* /etc/apt/sources.list.d/ 2>/dev/null; true',
        );
      }
    });

    test('who does not let go in time is named in the error', async () => {
      on('node2', aptRepository('true'));
      const pid = on('node2', holdLock('/var/lib/dpkg/lock-frontend', 60)).trim();
      const { code, message } = await resultOf(play('{name: apt, apt: {name: kprov-fault, lock_timeout: 2}}'), 'apt');
      expect(message).toMatch(new RegExp(`apt is in use: .*lock-frontend.* held by process ${pid} \\(`));
      expect(code).toBe(2);
    });

    test('an interrupted dpkg is finished first', async () => {
      on('node2', aptRepository('[ -e /root/faults-second ] || { >/root/faults-second; sleep 60; }'));
      on(
        'node2',
        `{ apt-get install -y kprov-fault >/dev/null 2>&1 </dev/null & } ; while [ ! -e /root/faults-second ]; do sleep 0.1; done
         pkill -KILL -x apt-get; pkill -KILL -x dpkg; pkill -KILL -f 'postinst configure'; pkill -x sleep; sleep 0.5; ls /var/lib/dpkg/updates/[0-9]*`,
      );
      expect(on('node2', 'apt-get install -y kprov-fault 2>&1 || true')).toMatch(/dpkg was interrupted/);
      const { status, message } = await resultOf(play('{name: apt, apt: {name: kprov-fault}}'), 'apt');
      expect({ status, message }).toMatchObject({ status: expect.stringMatching(/ok|changed/) });
      expect(on('node2', `dpkg-query -W -f '\${db:Status-Status}' kprov-fault; ls /var/lib/dpkg/updates`)).toBe(
        'installed',
      );
    });

    test('a package that asks gets no answer and does not wait for one', async () => {
      on(
        'node2',
        aptRepository(
          'printf "Really? "; read -r answer || answer=none; echo "answer: $answer" >/root/faults-answer; { read -r tty </dev/tty; } 2>/dev/null || true; exit 0',
        ),
      );
      const began = performance.now();
      const { status } = await resultOf(play('{name: apt, apt: {name: kprov-fault}}'), 'apt');
      expect(status).toBe('changed');
      expect(on('node2', 'cat /root/faults-answer')).toBe('answer: none\n');
      expect(performance.now() - began).toBeLessThan(30_000);
    });

    test('a package that asks by debconf has the answer that it proposes', async () => {
      const question = `printf 'Template: kprov-fault/sure\\nType: string\\nDefault: proposed\\nDescription: Sure?\\n' >DEBIAN/templates
        printf '#!/bin/sh\\n. /usr/share/debconf/confmodule\\ndb_input critical kprov-fault/sure || true\\ndb_go || true\\n' >DEBIAN/config
        chmod 755 DEBIAN/config`;
      const take =
        '. /usr/share/debconf/confmodule; db_get kprov-fault/sure; echo "answer: $RET" >/root/faults-answer; db_stop';
      on('node2', aptRepository(take, { more: question }));
      expect((await resultOf(play('{name: apt, apt: {name: kprov-fault}}'), 'apt')).status).toBe('changed');
      expect(on('node2', 'cat /root/faults-answer')).toBe('answer: proposed\n');
    });

    test('a package whose configuration was changed on the host keeps it, and does not ask', async () => {
      const configured = (text: string) =>
        `mkdir -p etc && echo ${text} >etc/kprov-fault.conf && echo /etc/kprov-fault.conf >DEBIAN/conffiles`;
      on('node2', aptRepository('true', { more: configured('first') }));
      const install = play('{name: apt, apt: {name: kprov-fault, state: latest}}');
      expect((await resultOf(install, 'apt')).status).toBe('changed');
      on('node2', 'echo mine >/etc/kprov-fault.conf');
      on('node2', aptRepository('true', { version: 2, more: configured('second') }));
      expect((await resultOf(install, 'apt')).status).toBe('changed');
      expect(
        on(
          'node2',
          "dpkg-query -W -f '${Version}\n' kprov-fault; cd /etc; cat kprov-fault.conf kprov-fault.conf.dpkg-dist; rm -f kprov-fault.conf*",
        ),
      ).toBe('2\nmine\nsecond\n');
    });
  });

  describe('files', () => {
    test.each([
      ['copy with content', `{name: write, copy: {dest: /mnt/faults/file, content: "{{ 'new' * 100000 }}"}}`],
      ['copy of a file', '{name: write, copy: {dest: /mnt/faults/file, src: big}}'],
      ['lineinfile', `{name: write, lineinfile: {path: /mnt/faults/file, line: "{{ 'new' * 30000 }}"}}`],
      ['blockinfile', `{name: write, blockinfile: {path: /mnt/faults/file, block: "{{ 'new' * 100000 }}"}}`],
      ['replace', `{name: write, replace: {path: /mnt/faults/file, regexp: old, replace: "{{ 'new' * 100000 }}"}}`],
      ['template', '{name: write, template: {dest: /mnt/faults/file, src: big}}'],
    ])('the disk is full: %s fails, says so, and leaves the old file and nothing else', async (_, task) => {
      on(
        'node2',
        'mkdir -p /mnt/faults && mount -t tmpfs -o size=64k tmpfs /mnt/faults && printf "old\\n" >/mnt/faults/file',
      );
      const { code, status, message } = await resultOf(play(task), 'write', { big: 'new'.repeat(100000) });
      expect({ code, status, message }).toMatchObject({
        code: 2,
        status: 'failed',
        message: expect.stringMatching(/No space left on device/),
      });
      expect(on('node2', 'ls -A /mnt/faults; cat /mnt/faults/file')).toBe('file\nold\n');
    });

    test('a read-only file system: it fails, says so, and leaves the old file', async () => {
      on(
        'node2',
        'mkdir -p /mnt/faults && mount -t tmpfs tmpfs /mnt/faults && printf old >/mnt/faults/file && mount -o remount,ro /mnt/faults',
      );
      const { code, status, message } = await resultOf(
        play('{name: write, copy: {dest: /mnt/faults/file, content: new}}'),
        'write',
      );
      expect({ code, status, message }).toMatchObject({
        code: 2,
        status: 'failed',
        message: expect.stringMatching(/Read-only file system/),
      });
      expect(on('node2', 'ls -A /mnt/faults; cat /mnt/faults/file')).toBe('file\nold');
    });

    test('/tmp is noexec: scripts, archives and uploads are carried out all the same', async () => {
      on('node2', 'mkdir -p /root/faults-tmp && mount -t tmpfs -o noexec tmpfs /tmp');
      try {
        const archive = execFileSync('sh', [
          '-c',
          'cd /tmp && mkdir -p faults-in && echo inside >faults-in/file && tar -c faults-in && rm -r faults-in',
        ]);
        const project = projectOf(
          hosts,
          play(
            '{name: script, script: "run.sh", register: said}',
            '{name: right, assert: {that: "said.stdout is search(\'it ran\')"}}',
            '{name: unpack, unarchive: {src: in.tar, dest: /root/faults-tmp}}',
            '{name: copy, copy: {src: big, dest: /root/faults-big}}',
          ),
          { 'run.sh': '#!/bin/sh\necho it ran\n', big: 'x'.repeat(200_000) },
        );
        project.write('in.tar', archive.toString('latin1'));
        const { code, stdout } = await project.run();
        expect({ code, stdout }).toEqual({ code: 0, stdout });
        expect(on('node2', 'cat /root/faults-tmp/faults-in/file; wc -c </root/faults-big')).toBe('inside\n200000\n');
      } finally {
        on('node2', 'umount /tmp; true');
      }
    });
  });

  describe('tools', () => {
    /** Hides programs from the host while something is done. */
    const without = async (names: readonly string[], act: () => Promise<void>) => {
      const paths = names.flatMap((name) => [`/usr/bin/${name}`, `/usr/sbin/${name}`]);
      on('node2', `for p in ${paths.join(' ')}; do [ ! -e $p ] || mv $p $p.faults; done`);
      try {
        await act();
      } finally {
        on('node2', `for p in ${paths.join(' ')}; do [ ! -e $p.faults ] || mv $p.faults $p; done`);
      }
    };
    test.each([
      [['curl', 'wget'], '{name: task, get_url: {url: "http://127.0.0.1/x", dest: /root/faults-y}}', /curl|wget/],
      [['tar'], '{name: task, unarchive: {src: /root/faults-x.tar, dest: /root, remote_src: true}}', /tar/],
      [['useradd', 'adduser'], '{name: task, user: {name: kprovfault}}', /useradd|adduser/],
      [['base64'], '{name: task, copy: {src: big, dest: /root/faults-big}}', /base64/],
      [['stat'], '{name: task, copy: {content: x, dest: /root/faults-big}}', /stat/],
      [['systemctl'], '{name: task, systemd: {name: cron, state: started}}', /systemctl|systemd/],
      [['apt-get', 'dpkg-query'], '{name: task, apt: {name: kprov-fault}}', /apt-get|dpkg/],
    ])('without %j the task fails and names what is missing', async (names, task, said) => {
      on('node2', 'echo x >/root/faults-x && cd /root && tar -cf faults-x.tar faults-x');
      await without(names, async () => {
        const { code, status, message } = await resultOf(play(task), 'task', { big: 'x'.repeat(200_000) });
        expect({ code, status, message }).toMatchObject({
          code: 2,
          status: 'failed',
          message: expect.stringMatching(said),
        });
        expect(message).toMatch(
          /not found|missing|is not there|there is no|is not on this host|needs|neither|Unable to find/,
        );
      });
    });

    test.each([
      ['root', ''],
      ['vagrant', 'ansible_become=true'],
    ])('a tiny PATH of %s: tasks, sudo and commands find their programs', async (user, extra) => {
      on(
        'node2',
        `printf 'SetEnv PATH=/bin\\n' >/etc/ssh/sshd_config.d/00-faults.conf; mkdir -p /root/faults-bin; systemctl reload ssh; sleep 0.5`,
      );
      try {
        const project = projectOf(
          [{ name: 'one', host: 'node2', user, extra }],
          play(
            '{name: user, user: {name: kprovfault}}',
            '{name: service, service: {name: ssh, state: started}}',
            '{name: sysctl, sysctl: {name: net.ipv4.ip_forward, value: "1", sysctl_file: /root/faults-sysctl.conf}}',
            '{name: gone, user: {name: kprovfault, state: absent}}',
          ),
        );
        const { code, stdout } = await project.run();
        expect({ code, stdout }).toMatchObject({ code: 0 });
      } finally {
        on('node2', 'rm -f /etc/ssh/sshd_config.d/00-faults.conf; systemctl reload ssh; sleep 0.3');
      }
    });
  });

  test.each([
    [
      'that is never ready',
      '[Service]\nType=notify\nTimeoutStartSec=2\nExecStart=/bin/sleep 100\n',
      /timeout|timed out/i,
    ],
    [
      'that dies while it starts',
      '[Service]\nType=forking\nExecStart=/bin/sh -c "echo the reason >&2; exit 3"\n',
      /the reason/,
    ],
  ])('a service %s fails the task with what systemd says about it', async (_, unit, said) => {
    on('node2', `printf '%s' '${unit}' >/etc/systemd/system/faults-never.service; systemctl daemon-reload`);
    const { code, status, message } = await resultOf(
      play('{name: start, systemd: {name: faults-never, state: started}}'),
      'start',
    );
    expect({ code, status, message }).toMatchObject({
      code: 2,
      status: 'failed',
      message: expect.stringMatching(said),
    });
    on('node2', 'systemctl reset-failed faults-never; true');
  });

  test('swap does not come back at boot', async () => {
    on(
      'node2',
      `cp -p /etc/fstab /root/faults-fstab 2>/dev/null || : >/root/faults-fstab
printf '/swapfile none swap sw 0 0\\nUUID=1234 none swap defaults 0 0\\ntmpfs /mnt tmpfs noauto 0 0\\n' >/etc/fstab
printf '[Swap]\\nWhat=/swapfile2\\n[Install]\\nWantedBy=swap.target\\n' >/etc/systemd/system/swapfile2.swap
systemctl daemon-reload; systemctl enable swapfile2.swap >/dev/null 2>&1`,
    );
    /** What a boot would switch on: the generators run again, and swap.target is asked. */
    const atBoot = () =>
      on(
        'node2',
        `systemctl daemon-reload; for u in $(systemctl show -p Wants -p Requires --value swap.target); do [ "$(systemctl show -p LoadState --value "$u")" = masked ] || echo "$u"; done`,
      );
    try {
      expect(
        atBoot()
          .trim()
          .split('\n')
          .filter((unit) => unit.endsWith('.swap')).length,
      ).toBeGreaterThanOrEqual(1);
      const project = projectOf(hosts, play('{name: swap, swap: {}}'));
      expect((await project.run()).stdout).toMatch(/changed=1/);
      expect(atBoot()).not.toMatch(/\.swap/);
      expect(on('node2', 'cat /etc/fstab')).toMatch(/^tmpfs \/mnt/m);
      expect((await project.run()).stdout).toMatch(/changed=0/);
    } finally {
      on(
        'node2',
        'systemctl unmask swapfile2.swap >/dev/null 2>&1; rm -f /etc/systemd/system/swapfile2.swap* /etc/systemd/system/*.wants/swapfile2.swap /etc/fstab.kprov-backup; cp -p /root/faults-fstab /etc/fstab; systemctl daemon-reload',
      );
    }
  });

  test('two network cards with the wrong one in front: hosts that share an address are told, with the cure, and node_ip is it', async () => {
    const nat = `ip link add faults0 type veth peer name faults1 2>/dev/null; ip link set faults1 up; ip addr add 10.0.2.15/24 dev faults0; ip link set faults0 up; ip route add 192.0.2.0/24 dev faults0 src 10.0.2.15`;
    for (const host of ['node2', 'node3'] as const) on(host, nat);
    try {
      const two = [
        { name: 'two', host: 'node2' },
        { name: 'three', host: 'node3' },
      ] as const;
      const text = (nodeIp: string) => `
- hosts: all
  gather_facts: false
  tasks:
    - {name: each, preflight: {ignore: [all]${nodeIp}}, register: preflight}
    - {name: fleet, preflight_fleet: {hosts: "{{ groups.all | map('extract', hostvars, 'preflight') | list }}", ignore: [UniqueMachineId, UniqueProductUuid, ClockSkew]}, run_once: true}
`;
      const wrong = await projectOf(two, text('')).run();
      expect(wrong.code).toBe(2);
      expect(wrong.stdout).toMatch(/\[UniqueAddress\].*10\.0\.2\.15[\s\S]*set node_ip for each host/);
      const right = await projectOf(two, text(', node_ip: "{{ ansible_host }}"')).run();
      expect({ code: right.code, said: right.code === 0 ? '' : right.stdout }).toEqual({ code: 0, said: '' });
    } finally {
      for (const host of ['node2', 'node3'] as const) on(host, 'ip link del faults0; true');
    }
  });

  test('clocks apart are told before anything is changed', async () => {
    on(
      'node2',
      `printf '#!/bin/sh\\ncase $1 in +%%s) echo $(($(/bin/date +%%s) + 3600)) ;; *) exec /bin/date "$@" ;; esac\\n' >/usr/local/bin/date; chmod 755 /usr/local/bin/date`,
    );
    try {
      const text = `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - {name: each, preflight: {ignore: [all]}, register: preflight}
    - {name: fleet, preflight_fleet: {hosts: "{{ groups.all | map('extract', hostvars, 'preflight') | list }}", ignore: [UniqueMachineId, UniqueProductUuid]}, run_once: true}
    - {name: change, copy: {dest: /root/faults-changed, content: x}}
`;
      const { code, stdout } = await projectOf(
        [
          { name: 'two', host: 'node2' },
          { name: 'three', host: 'node3' },
        ],
        text,
      ).run();
      expect(code).toBe(2);
      expect(stdout).toMatch(/\[ClockSkew\] the clocks of three and two differ by 3[56]\d\d s - Synchronise them/);
      expect(
        on('node2', 'ls /root/faults-changed 2>/dev/null || true') +
          on('node3', 'ls /root/faults-changed 2>/dev/null || true'),
      ).toBe('');
    } finally {
      on('node2', 'rm -f /usr/local/bin/date');
    }
  });

  lengthy('a reboot that is asked for: the play goes on when the host is back', async () => {
    const project = projectOf(
      hosts,
      play(
        '{name: before, copy: {dest: /root/faults-before, content: x}}',
        '{name: reboot, reboot: {boot_time_command: "stat -c %z /proc/1", reboot_timeout: 120}}',
        '{name: after, copy: {dest: /root/faults-after, content: "{{ 1 + 1 }}"}}',
      ),
    );
    const run = project.start();
    await run.says(/rebooting/);
    await until(
      () =>
        execFileSync('docker', ['inspect', '-f', '{{.State.Running}}', dockerOf('node2')])
          .toString()
          .trim() === 'false',
      60_000,
    );
    execFileSync('docker', ['start', dockerOf('node2')]);
    const { code, stdout } = await run.ended;
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/changed=3/);
  });

  lengthy(
    'a power cut in the middle of a play: what was not seen is not reported as done, and the next run converges',
    async () => {
      const project = projectOf(
        hosts,
        play(
          '{name: first, copy: {dest: /root/faults-first, content: first}}',
          '{name: slow, shell: "echo begun >/root/faults-begun; sleep 30", args: {creates: /root/faults-done}}',
          '{name: last, copy: {dest: /root/faults-last, content: last}}',
        ),
      );
      const run = project.start(['--output', 'json', '-T', '5']);
      await until(() => on('node2', 'cat /root/faults-begun 2>/dev/null || true') !== '');
      execFileSync('docker', ['kill', '-s', 'KILL', dockerOf('node2')]);
      const { code, stdout } = await run.ended;
      expect(code).toBe(4);
      expect(resultsOf(stdout).map(({ task, status }) => `${task} ${status}`)).toEqual([
        'first changed',
        'slow unreachable',
      ]);
      execFileSync('docker', ['start', dockerOf('node2')]);
      await until(() => {
        try {
          return on('node2', 'systemctl is-active ssh || true').startsWith('active');
        } catch {
          return false;
        }
      }, 60_000);
      await sleep(500);
      on('node2', 'touch /root/faults-done');
      const again = await project.run();
      expect({ code: again.code, said: again.stdout }).toMatchObject({ code: 0 });
      expect(on('node2', 'cat /root/faults-first /root/faults-last')).toBe('firstlast');
    },
  );
});
