import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, type BedHost } from '../lab/bed.js';
import { bed, makeProjects, on } from './support.js';

const who = '- {hosts: all, gather_facts: false, tasks: [{name: who, command: id -un}]}';
const address = (host: BedHost) => addressOf(bed, host);
const keysOf = (host: BedHost) =>
  ['ed25519', 'ecdsa', 'rsa'].map((type) =>
    readFileSync(join(bed.state, 'hosts', host, `ssh_host_${type}_key.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' '),
  );
const lines = (host: BedHost, keys = keysOf(host), mark = '') =>
  keys.map((key) => `${mark}${address(host)} ${key}\n`).join('');

/** What sshd wrote to its log while something was done: with LogLevel VERBOSE, one line for each attempt to log in. */
const logOf = async (host: BedHost, act: () => Promise<void>) => {
  on(
    host,
    `printf 'LogLevel DEBUG2\\n' >/etc/ssh/sshd_config.d/00-faults.conf; systemctl reload ssh; sleep 0.5; journalctl --rotate >/dev/null 2>&1; journalctl --vacuum-time=1s >/dev/null 2>&1; sleep 1.1; date +%s >/root/faults-since`,
  );
  try {
    await act();
    return on(
      host,
      'sleep 0.5; journalctl --sync; journalctl -t sshd -o cat --no-pager --since "@$(cat /root/faults-since)"',
    );
  } finally {
    on(host, 'rm -f /etc/ssh/sshd_config.d/00-faults.conf /root/faults-since; systemctl reload ssh; sleep 0.3');
  }
};
/** Anything about a credential: "userauth-request for user", "Failed password", "Accepted publickey". */
const attempt =
  /userauth-request|Failed \w+ for|Accepted \w+ for|Postponed|Partial|Invalid user|Connection (?:closed|reset) by authenticating/;

describe('host keys are judged before any credential is sent', () => {
  const projectOf = makeProjects();
  const secrets = 'ansible_password=not-to-be-sent ansible_become_password=not-to-be-sent';
  const other = () => {
    const folder = projectOf([], who).directory;
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'other')]);
    return readFileSync(join(folder, 'other.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  };

  test.each([
    ['unknown', () => '', /the host key of \S+ is not known/],
    ['changed', () => lines('node3', [other()]), /the host key of \S+ has changed/],
    ['revoked', () => lines('node3') + lines('node3', keysOf('node3'), '@revoked '), /the host key of \S+ is revoked/],
  ])('%s: it is refused, and the server has seen no attempt to log in', async (_, known, said) => {
    const project = projectOf([{ name: 'three', host: 'node3', extra: secrets }], who);
    project.write('known_hosts', known());
    let output = '';
    let code: number | null = 0;
    const log = await logOf('node3', async () => {
      const run = await project.run(['-vvvv']);
      ({ code } = run);
      output = run.stdout + run.stderr;
    });
    expect({ code, output }).toMatchObject({ code: 4, output: expect.stringMatching(said) });
    expect(log).toMatch(/Connection from/);
    expect(log).not.toMatch(attempt);
    expect(output).not.toContain('not-to-be-sent');
  });

  test('the log shows an attempt where there is one', async () => {
    const project = projectOf([{ name: 'three', host: 'node3' }], who);
    const log = await logOf('node3', async () => {
      expect((await project.run()).code).toBe(0);
    });
    expect(log).toMatch(attempt);
  });

  test.each([
    ['the jump host itself', 'bastion', (key: string) => lines('bastion', [key]) + lines('inner'), 'has changed'],
    ['a jump host nobody knows', 'bastion', () => lines('inner'), 'is not known'],
    [
      'a jump host that is revoked',
      'bastion',
      () => lines('bastion') + lines('bastion', keysOf('bastion'), '@revoked ') + lines('inner'),
      'is revoked',
    ],
    ['the host behind it', 'inner', (key: string) => lines('bastion') + lines('inner', [key]), 'has changed'],
    [
      'a host behind it that is revoked',
      'inner',
      () => lines('bastion') + lines('inner') + lines('inner', keysOf('inner'), '@revoked '),
      'is revoked',
    ],
  ] as const)(
    'wrong on the way through a jump host: %s is refused, and has seen no attempt to log in',
    async (_, wrong, known, said) => {
      const project = projectOf([{ name: 'inner', host: 'inner', extra: secrets }], who);
      project.write('known_hosts', known(other()));
      project.write(
        'ssh_config',
        `Host ${address('inner')}\n  ProxyJump root@${address('bastion')}\nHost *\n  IdentityFile ${bed.privateKeyFile}\n  UserKnownHostsFile ${project.directory}/known_hosts\n`,
      );
      project.write(
        'hosts.ini',
        `inner ansible_host=${address('inner')} ansible_user=root ${secrets} ansible_ssh_common_args="-F ${project.directory}/ssh_config"\n`,
      );
      let output = '';
      let code: number | null = 0;
      const log = await logOf(wrong, async () => {
        const run = await project.run(['-vvvv']);
        ({ code } = run);
        output = run.stdout + run.stderr;
      });
      expect({ code, output }).toMatchObject({
        code: 4,
        output: expect.stringMatching(`the host key of .* ${said}`),
      });
      expect(log).toMatch(/Connection from/);
      expect(log).not.toMatch(attempt);
      expect(output).not.toContain('not-to-be-sent');
    },
  );
});
