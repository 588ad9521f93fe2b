import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { readBed } from '../../lab/bed.js';
import { type PlaybookRun, runPlaybookFiles } from '../../support/run-playbook.js';

jest.setTimeout(120_000);

const bed = readBed();
const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
const content = randomBytes(5 * 1024 * 1024 + 77);
const sum = createHash('sha256').update(content).digest('hex');
writeFileSync(join(folder, 'secret'), content);
afterAll(() => rmSync(folder, { recursive: true }));

const onHost = (script: string): string =>
  execFileSync('ssh', ['-F', bed.sshConfigFile, 'node1', script]).toString().trim();

const send = (user: 'vagrant' | 'ops', args: object): Promise<PlaybookRun> => {
  const login = [
    `ansible_host=${bed.hosts.node1} ansible_user=${user} ansible_ssh_private_key_file=${bed.privateKeyFile}`,
    `ansible_ssh_common_args='-F none -o UserKnownHostsFile=${bed.knownHostsFile}'`,
    ...(user === 'ops' ? [`ansible_become_password=${bed.users.ops.password}`] : []),
  ];
  const tasks = [{ copy: { src: join(folder, 'secret'), mode: '0600', ...args } }];
  return runPlaybookFiles({
    files: {
      'hosts.ini': `node1 ${login.join(' ')}\n`,
      'playbook.yml': JSON.stringify([{ hosts: 'node1', gather_facts: false, become: true, tasks }]),
    },
  });
};

afterEach(() => {
  onHost('rm -rf /root/kprov-secret /home/vagrant/planted /home/vagrant/.kprov-* /root/kprov-victim');
});

test.each(['vagrant', 'ops'] as const)('a large file goes straight to root where %s becomes root', async (user) => {
  const run = await send(user, { dest: '/root/kprov-secret' });
  expect(run.recap.node1).toMatchObject({ changed: 1, failed: 0, unreachable: 0 });
  expect(onHost('sha256sum </root/kprov-secret')).toMatch(sum);
  expect(onHost('stat -c "%U:%G %a" /root/kprov-secret')).toBe('root:root 600');
  expect(onHost('ls -A /root | grep -c "^.kprov-" || true')).toBe('0');
});

test('a link that somebody has planted is not followed', async () => {
  const dest = '/home/vagrant/planted';
  const staging = `/home/vagrant/.kprov-${createHash('sha256').update(dest).digest('hex').slice(0, 16)}`;
  onHost(
    `echo safe >/root/kprov-victim; mkdir -m 700 ${staging}; ln -s /root/kprov-victim ${staging}/${sum.slice(0, 32)}; chown -Rh vagrant ${staging}`,
  );
  const run = await send('vagrant', { dest });
  expect(run.recap.node1).toMatchObject({ changed: 0, failed: 1 });
  expect(onHost('cat /root/kprov-victim')).toBe('safe');
});

test('what is under way is for nobody else to read', async () => {
  const look = `until [ -e /root/kprov-secret ]; do stat -c "%a %U" /root/.kprov-* /root/.kprov-*/* 2>/dev/null; done | sort -u`;
  const watching = promisify(execFile)('ssh', ['-F', bed.sshConfigFile, 'node1', `timeout 60 sh -c '${look}'`]);
  await send('ops', { dest: '/root/kprov-secret' });
  const { stdout } = await watching;
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual(['600 root', '700 root']);
});
