import { execFileSync } from 'node:child_process';
import { addressOf, type BedHost, readBed } from './bed.js';
import { onHost, outputOf } from './client.js';

const bed = readBed();
const clusterHosts: BedHost[] = ['node1', 'node2', 'node3'];

describe('the test bed', () => {
  test.each(clusterHosts)('%s is a systemd host with its own name and address', async (host) => {
    const seen = await outputOf(bed, host, 'hostname; cat /proc/1/comm; hostname -I');
    expect(seen.trim().split('\n')).toEqual([host, 'systemd', expect.stringContaining(addressOf(bed, host))]);
  });

  test.each(clusterHosts)('%s keeps to its own cgroups and serves SSH', async (host) => {
    expect(await outputOf(bed, host, 'systemctl show -P Result host-cgroups ssh')).toBe('success\n\nsuccess\n');
  });

  test('hosts have no Python', async () => {
    expect((await onHost(bed, 'node2', 'command -v python3 || command -v python')).code).not.toBe(0);
  });

  test('vagrant becomes root without a password', async () => {
    expect(await outputOf(bed, 'node2', 'sudo -n id -un', { user: 'vagrant' })).toBe('root\n');
  });

  test('ops becomes root with the password only', async () => {
    const { password } = bed.users.ops;
    expect((await onHost(bed, 'node2', 'sudo -n id -un', { user: 'ops' })).code).toBe(1);
    expect(await outputOf(bed, 'node2', 'sudo -kS id -un', { user: 'ops', stdin: `${password}\n` })).toBe('root\n');
  });

  test("known_hosts and ssh_config let OpenSSH's own client in under strict checking", () => {
    const seen = execFileSync('ssh', ['-F', bed.sshConfigFile, '-o', 'BatchMode=yes', 'node3', 'hostname']);
    expect(seen.toString()).toBe('node3\n');
  });

  test('hosts reach the mirror', async () => {
    expect(await outputOf(bed, 'node1', `curl -fsS ${bed.mirror}/apt/key.asc`)).toContain('BEGIN PGP PUBLIC KEY');
  });
});

describe('the bastion', () => {
  test('is the only way to the host behind it', async () => {
    expect(await outputOf(bed, 'inner', 'hostname')).toBe('inner\n');
    const direct = ['-F', bed.sshConfigFile, '-o', 'ProxyJump=none', '-o', 'BatchMode=yes', 'inner', 'true'];
    expect(() => execFileSync('ssh', direct, { stdio: 'pipe' })).toThrow(/Connection (refused|reset)/);
  });
});

describe('the independent client', () => {
  test('returns exit code, standard output and standard error apart', async () => {
    expect(await onHost(bed, 'node1', 'echo out; echo err >&2; exit 3')).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('keeps characters of several bytes whole across chunks', async () => {
    const stdout = await outputOf(bed, 'node1', `yes 'a€ü😀' | head -n 100000`);
    expect(stdout).toBe('a€ü😀\n'.repeat(100_000));
  });

  test('takes a command that was killed for an error, never for a success', async () => {
    await expect(onHost(bed, 'node1', 'kill -KILL $$')).rejects.toThrow('without an exit code');
  });

  test('takes a lost connection for an error, never for a success', async () => {
    await expect(onHost(bed, 'node1', 'kill -KILL $PPID; sleep 20')).rejects.toThrow('without an exit code');
  });
});
