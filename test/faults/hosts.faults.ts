import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from '../lab/bed.js';
import { bed, FaultyLine, figure, makeProjects, on } from './support.js';

const whoami =
  '- {hosts: all, gather_facts: false, tasks: [{name: who, command: id -un, register: who}, {name: said, debug: {msg: "I am {{ who.stdout }}"}}]}';
describe('hosts as they are', () => {
  const projectOf = makeProjects();
  const runAs = (
    user: string,
    extra = '',
    playbook = whoami,
    args: readonly string[] = [],
    files: Readonly<Record<string, string>> = {},
  ) => {
    const project = projectOf([{ name: 'three', host: 'node3', user, extra }], playbook, files);
    return project.run(args);
  };
  const configure = (lines: string) => {
    on(
      'node3',
      // sshd takes a subsystem once.
      `${lines.includes('Subsystem') ? "sed -i 's/^Subsystem/#faults &/' /etc/ssh/sshd_config" : ''}
cat >/etc/ssh/sshd_config.d/00-faults.conf <<'X'\n${lines}\nX\nsshd -t || exit 1; systemctl reload ssh; sleep 0.5`,
    );
  };
  const sudoers = (lines: string) =>
    on('node3', `cat >/etc/sudoers.d/zz-faults <<'X'\n${lines}\nX\nchmod 440 /etc/sudoers.d/zz-faults && visudo -cq`);
  const ops = `ansible_become=true ansible_become_password=${bed.users.ops.password}`;

  /** Shells of the control machine that the bed's hosts lack, with their libraries; what a host has stays. */
  const lent = ['zsh', 'fish'].filter((shell) => existsSync(`/usr/bin/${shell}`));
  const lend = `for p in ${lent.join(' ')}; do echo /usr/bin/$p; ldd /usr/bin/$p | sed -n 's/.*=> \\(\\/[^ ]*\\).*/\\1/p'; done | sort -u | tar -ch -T - 2>/dev/null | docker exec -i ${bed.name}-node3-1 tar -x --skip-old-files -C /`;

  beforeAll(() => {
    if (lent.length > 0) execFileSync('sh', ['-c', lend]);
    execFileSync('sh', ['-c', `docker cp -L "$(command -v busybox)" ${bed.name}-node3-1:/usr/local/bin/busybox`]);
    on(
      'node3',
      `ln -sf busybox /usr/local/bin/ash
add() { useradd -m -s "$2" "$1"; install -d -m 700 -o "$1" "/home/$1/.ssh"; install -m 600 -o "$1" /root/.ssh/authorized_keys "/home/$1/.ssh/authorized_keys"; }
for s in bash dash; do add "in-$s" "/bin/$s"; done; add in-busybox /usr/local/bin/ash; for s in ${lent.join(' ')}; do add "in-$s" "/usr/bin/$s"; done; add in-nologin /usr/sbin/nologin; add in-noisy /bin/bash
for f in .bashrc .profile; do printf 'echo "Welcome $USER"; echo noise >&2; printf "\\\\n@0123456789abcdef end ok\\\\n"; stty -echo\\n' >/home/in-noisy/$f; done`,
    );
  });
  afterEach(() => {
    on(
      'node3',
      "sed -i 's/^#faults //' /etc/ssh/sshd_config; rm -f /etc/ssh/sshd_config.d/00-faults.conf /etc/sudoers.d/zz-faults; systemctl reload ssh; sleep 0.3",
    );
  });
  afterAll(
    () =>
      void on(
        'node3',
        'for u in bash dash busybox zsh fish nologin noisy; do userdel -rf in-$u 2>/dev/null; done; rm -f /usr/local/bin/ash /usr/local/bin/busybox',
      ),
  );

  test.each(['bash', 'dash', 'busybox', 'noisy', ...lent])('a login shell %s does', async (shell) => {
    const { code, stdout } = await runAs(`in-${shell}`);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`I am in-${shell}`) });
    expect(stdout).not.toMatch(/Welcome|noise/);
  });

  const missing = ['zsh', 'fish'].filter((shell) => !lent.includes(shell));
  if (missing.length > 0) test.skip.each(missing)('a login shell %s does: it is not on this machine', () => undefined);

  test.each([
    ['nologin', 'in-nologin', '', /not available/],
    [
      'ForceCommand',
      'in-bash',
      'Match User in-bash\nForceCommand echo this account is for backups',
      /no shell can be had on the host; it said: this account is for backups/,
    ],
  ])(
    'a login that gives no shell (%s) is unreachable, and what the host said is told',
    async (_, user, lines, said) => {
      configure(lines);
      const { code, stdout } = await runAs(user);
      expect({ code, stdout }).toMatchObject({ code: 4, stdout: expect.stringMatching(/UNREACHABLE/) });
      expect(stdout).toMatch(said);
    },
  );

  const several = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: big, copy: {dest: /root/faults-big, src: big}}
    - {name: nobody, command: id -un, become: true, become_user: nobody, register: who}
    - {name: root, command: id -un, become: true, register: me}
    - {name: both, assert: {that: ["who.stdout == 'nobody'", "me.stdout == 'root'"]}}
    - {name: size, stat: {path: /root/faults-big}, register: big}
    - {name: whole, assert: {that: "big.stat.checksum == lookup('file', 'big') | hash('sha1')"}}
    - {name: gone, file: {path: /root/faults-big, state: absent}}
`;
  test.each([
    ['MaxSessions 1', 'MaxSessions 1'],
    ['a banner and a motd', 'Banner /etc/os-release\nPrintMotd yes'],
    ['no SFTP', 'Subsystem sftp /bin/false'],
    ['a new key every MiB', 'RekeyLimit 1M'],
    ['all of it', 'MaxSessions 1\nBanner /etc/os-release\nSubsystem sftp /bin/false\nRekeyLimit 1M'],
  ])('with %s a large file and several users on one host come through', async (_, lines) => {
    configure(`${lines}\nLogLevel DEBUG1`);
    const since = on('node3', 'date +%s').trim();
    const big = randomBytes(24_000_000).toString('base64');
    const { code, stdout } = await runAs('root', '', several, [], { big });
    expect({ code, said: code === 0 ? '' : stdout }).toEqual({ code: 0, said: '' });
    expect(stdout).not.toMatch(/Debian GNU/);
    // sshd says so of each exchange of keys but the first.
    const log = on('node3', `journalctl --sync; journalctl -t sshd -o cat --no-pager --since "@${since}"`);
    const exchanges = log.match(/ssh_set_newkeys: rekeying in/g)?.length ?? 0;
    if (lines.includes('RekeyLimit')) expect(exchanges).toBeGreaterThan(8);
  });

  describe('MaxAuthTries 2 and an agent with ten keys', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kprov-faults-agent-'));
    let agent: string | undefined;
    beforeAll(() => {
      const said = execFileSync('ssh-agent', ['-s', '-a', join(folder, 'agent')]).toString();
      agent = /SSH_AGENT_PID=(\d+)/.exec(said)?.[1];
      const env = { ...process.env, SSH_AUTH_SOCK: join(folder, 'agent') };
      for (let i = 0; i < 9; i++) {
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, `key${i}`)]);
        execFileSync('ssh-add', ['-q', join(folder, `key${i}`)], { env, stdio: 'ignore' });
      }
      execFileSync('ssh-add', ['-q', bed.privateKeyFile], { env, stdio: 'ignore' });
    });
    afterAll(() => {
      if (agent !== undefined) process.kill(Number(agent));
      rmSync(folder, { recursive: true, force: true });
    });
    test('the named key comes first', async () => {
      configure('MaxAuthTries 2');
      const project = projectOf([{ name: 'three', host: 'node3' }], whoami);
      const { code, stdout } = await project.run([], { SSH_AUTH_SOCK: join(folder, 'agent') });
      expect({ code, said: code === 0 ? '' : stdout }).toEqual({ code: 0, said: '' });
    });
    test('where none is named, the message says that the server had enough of them, and what to do', async () => {
      configure('MaxAuthTries 2');
      const project = projectOf(
        [{ name: 'three', host: 'node3', extra: 'ansible_ssh_private_key_file=/nonexistent' }],
        whoami,
      );
      const { code, stdout, stderr } = await project.run(['-vvv'], { SSH_AUTH_SOCK: join(folder, 'agent') });
      expect({ code, said: stdout + stderr }).toMatchObject({
        code: 4,
        said: expect.stringMatching(
          /the server had enough of our keys before the right one came[\s\S]*Name the right key: set ansible_ssh_private_key_file/,
        ),
      });
    });
  });

  test('150 ms of latency: steps do not wait for each other', async () => {
    const proxy = await FaultyLine.before('node3');
    const tasks = Array.from(
      { length: 60 },
      (_, i) => `    - {name: t${i}, file: {path: /tmp/faults-latency, state: touch}}\n`,
    );
    const project = projectOf(
      [{ name: 'three', host: 'node3', proxy }],
      `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`,
    );
    const timed = async () => {
      const began = performance.now();
      expect((await project.run()).code).toBe(0);
      return performance.now() - began;
    };
    await timed();
    const near = Math.min(await timed(), await timed());
    proxy.delayMs = 75;
    const far = Math.min(await timed(), await timed());
    proxy.close();
    on('node3', 'rm -f /tmp/faults-latency');
    // 60 round trips would be 9 s more; connecting and logging in takes about seven.
    expect(far - near).toBeLessThan(6000);
    figure(`150 ms of latency: 60 tasks take ${Math.round(far - near)} ms longer, login included`);
  });

  test.each([
    ['use_pty', 'Defaults use_pty', 0, /I am root/],
    ['lecture', 'Defaults lecture=always', 0, /I am root/],
    ['requiretty', 'Defaults requiretty', 2, /sudo|tty/],
  ])('sudo with %s', async (_, lines, wanted, said) => {
    sudoers(lines);
    const { code, stdout } = await runAs('ops', ops);
    expect({ code, stdout }).toMatchObject({ code: wanted, stdout: expect.stringMatching(said) });
  });

  test('a wrong sudo password is said so, and tried once', async () => {
    const { code, stdout } = await runAs('ops', 'ansible_become=true ansible_become_password=not-it-at-all');
    expect({ code, stdout }).toMatchObject({ code: 2, stdout: expect.stringMatching(/sudo refused the password/) });
    expect(stdout).not.toContain('not-it-at-all');
  });

  test('30 hosts behind one bastion with MaxStartups 2:50:4 are all reached', async () => {
    const few = `printf 'MaxStartups 2:50:4\\n' >/etc/ssh/sshd_config.d/00-faults.conf; systemctl reload ssh; sleep 0.5`;
    // The hosts are one sshd here: it drops what the bastion, which carries all in one connection, does not.
    for (const host of ['bastion', 'inner'] as const) on(host, few);
    const names = Array.from({ length: 30 }, (_, i) => ({
      name: `h${i}`,
      host: 'inner' as const,
      extra: `ansible_ssh_common_args="-J root@${addressOf(bed, 'bastion')} -o UserKnownHostsFile=${bed.knownHostsFile}"`,
    }));
    const project = projectOf(names, whoami);
    project.write(
      'ssh_config',
      `Host *\n  IdentityFile ${bed.privateKeyFile}\n  UserKnownHostsFile ${bed.knownHostsFile}\n`,
    );
    const { code, stdout, stderr } = await project.run([
      '-T',
      '60',
      '--ssh-common-args',
      `-F ${project.directory}/ssh_config`,
    ]);
    for (const host of ['bastion', 'inner'] as const)
      on(host, 'rm -f /etc/ssh/sshd_config.d/00-faults.conf; systemctl reload ssh');
    if (code !== 0) throw new Error(stdout.slice(-1500) + stderr.slice(0, 1500));
    expect(stdout.match(/I am root/g)).toHaveLength(30);
  });

  test('a local user plants links where temporary files are made, and gains nothing', async () => {
    on(
      'node3',
      `rm -rf /tmp/faults; install -d -m 1777 /tmp/faults; printf secret >/root/faults-victim; chmod 600 /root/faults-victim`,
    );
    const plant = `cd /tmp/faults; i=2; while [ $i -lt 32768 ]; do echo .kprov-$i; i=$((i+1)); done | head -n 2000 | while read -r f; do ln -s /root/faults-victim $f-0123456789abcdef; done; ln -s /root/faults-victim /tmp/faults/other`;
    on('node3', `su in-bash -s /bin/sh -c '${plant}'`);
    const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: write, copy: {dest: /tmp/faults/file, content: mine}}
    - {name: shared, file: {path: /tmp/faults/new, state: touch, mode: "0600"}}
`;
    const { code } = await runAs('root', '', playbook);
    expect(code).toBe(0);
    expect(
      on(
        'node3',
        `cat /root/faults-victim; stat -c ' %a %U' /root/faults-victim; stat -c '%a %U %F' /tmp/faults/file /tmp/faults/new`,
      ),
    ).toBe('secret 600 root\n644 root regular file\n600 root regular empty file\n');
    on('node3', 'rm -rf /tmp/faults /root/faults-victim');
  });
});
