import { execFileSync } from 'node:child_process';
import { addressOf } from '../lab/bed.js';
import { bed, on, Project } from './support.js';

const whoami =
  '- {hosts: all, gather_facts: false, tasks: [{name: who, command: id -un, register: who}, {name: said, debug: {msg: "I am {{ who.stdout }}"}}]}';
describe('hosts as they are', () => {
  const projects: Project[] = [];
  const runAs = (user: string, extra = '', playbook = whoami, args: readonly string[] = []) => {
    const project = new Project([{ name: 'three', host: 'node3', user, extra }], playbook);
    projects.push(project);
    return project.run(args);
  };
  const configure = (lines: string) => {
    on(
      'node3',
      `cat >/etc/ssh/sshd_config.d/00-faults.conf <<'X'\n${lines}\nX\nsshd -t && systemctl reload ssh; sleep 0.5`,
    );
  };
  const sudoers = (lines: string) =>
    on('node3', `cat >/etc/sudoers.d/zz-faults <<'X'\n${lines}\nX\nchmod 440 /etc/sudoers.d/zz-faults && visudo -cq`);
  const ops = `ansible_become=true ansible_become_password=${bed.users.ops.password}`;

  beforeAll(() => {
    execFileSync('sh', ['-c', `docker cp -L "$(command -v busybox)" ${bed.name}-node3-1:/usr/local/bin/busybox`]);
    on(
      'node3',
      `ln -sf busybox /usr/local/bin/ash
add() { useradd -m -s "$2" "$1"; install -d -m 700 -o "$1" "/home/$1/.ssh"; install -m 600 -o "$1" /root/.ssh/authorized_keys "/home/$1/.ssh/authorized_keys"; }
for s in bash dash; do add "in-$s" "/bin/$s"; done; add in-ash /usr/local/bin/ash; add in-nologin /usr/sbin/nologin; add in-noisy /bin/bash
for f in .bashrc .profile; do printf 'echo "Welcome $USER"; echo noise >&2; printf "\\\\n@0123456789abcdef end ok\\\\n"; stty -echo\\n' >/home/in-noisy/$f; done`,
    );
  });
  afterEach(() => {
    for (const project of projects.splice(0)) project.remove();
    on(
      'node3',
      'rm -f /etc/ssh/sshd_config.d/00-faults.conf /etc/sudoers.d/zz-faults; systemctl reload ssh; sleep 0.3',
    );
  });
  afterAll(
    () =>
      void on(
        'node3',
        'for u in bash dash ash nologin noisy; do userdel -rf in-$u 2>/dev/null; done; rm -f /usr/local/bin/ash /usr/local/bin/busybox',
      ),
  );

  test.each(['bash', 'dash', 'ash', 'noisy'])('a login shell %s does', async (shell) => {
    const { code, stdout } = await runAs(`in-${shell}`);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`I am in-${shell}`) });
    expect(stdout).not.toMatch(/Welcome|noise/);
  });

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

  test('banner, motd, MaxSessions 1, no SFTP, rekeying: several users on one host', async () => {
    configure('MaxSessions 1\nBanner /etc/os-release\nPrintMotd yes\nSubsystem sftp /bin/false\nRekeyLimit 1M');
    const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: big, copy: {dest: /root/faults-big, content: "{{ 'x' * 3000000 }}"}}
    - {name: nobody, command: id -un, become: true, become_user: nobody, register: who}
    - {name: root, command: id -un, become: true, register: me}
    - {name: both, assert: {that: ["who.stdout == 'nobody'", "me.stdout == 'root'"]}}
    - {name: gone, file: {path: /root/faults-big, state: absent}}
`;
    const { code, stdout } = await runAs('root', '', playbook);
    expect({ code, stdout }).toMatchObject({ code: 0 });
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
    on(
      'bastion',
      `printf 'MaxStartups 2:50:4\\n' >/etc/ssh/sshd_config.d/00-faults.conf; systemctl reload ssh; sleep 0.5`,
    );
    const names = Array.from({ length: 30 }, (_, i) => ({
      name: `h${i}`,
      host: 'inner' as const,
      extra: `ansible_ssh_common_args="-J root@${addressOf(bed, 'bastion')} -o UserKnownHostsFile=${bed.knownHostsFile}"`,
    }));
    const project = new Project(names, whoami);
    projects.push(project);
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
    on('bastion', 'rm -f /etc/ssh/sshd_config.d/00-faults.conf; systemctl reload ssh');
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
