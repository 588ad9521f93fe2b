import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { readBed } from '../../lab/bed.js';
import { type PlaybookRun, runPlaybookFiles } from '../../support/run-playbook.js';

jest.setTimeout(120_000);

const bed = readBed();
const ssh = (script: string): string =>
  execFileSync('ssh', ['-F', bed.sshConfigFile, 'node1', script]).toString().trim();
const folder = mkdtempSync(join(tmpdir(), 'kprov-images-'));
const content = randomBytes(3_000_000);
const sum = createHash('sha256').update(content).digest('hex');
writeFileSync(join(folder, 'large.tar'), content);
writeFileSync(join(folder, 'large.tar.gz'), gzipSync(content));
writeFileSync(join(folder, 'small.tar'), 'a small archive');

/** In place of containerd's own tool: an image is called by the checksum of what was read. */
const ctr = `#!/bin/sh
case $* in
*'images ls -q') cat /root/ctr-images ;;
*'images import -') set -- $(sha256sum); echo "$1" >>/root/ctr-images; echo "unpacking $1 (sha256:x)...done"; echo x >>/root/ctr-imports ;;
esac
`;

const load = (archives: string[], args: string[] = []): Promise<PlaybookRun> => {
  const login = `ansible_host=${bed.hosts.node1} ansible_user=vagrant ansible_ssh_private_key_file=${bed.privateKeyFile}`;
  const options = `-F none -o UserKnownHostsFile=${bed.knownHostsFile}`;
  const task = { container_images: { local_archives: archives.map((name) => join(folder, name)) } };
  return runPlaybookFiles({
    args,
    files: {
      'hosts.ini': `node1 ${login} ansible_ssh_common_args='${options}'\n`,
      'playbook.yml': JSON.stringify([{ hosts: 'node1', gather_facts: false, become: true, tasks: [task] }]),
    },
  });
};
const imports = () => ssh('grep -c x /root/ctr-imports || true');
const images = () => ssh('cat /root/ctr-images');
const left = () => ssh('ls -A /var/lib/kprov/images | grep -c "^.kprov" || true');

const isBare = ssh('command -v ctr || true') === '';

(isBare ? describe : describe.skip)('an archive of the control machine', () => {
  beforeEach(() => {
    const text = Buffer.from(ctr).toString('base64');
    ssh(`printf %s ${text} | base64 -d >/usr/local/bin/ctr; chmod 755 /usr/local/bin/ctr; : >/root/ctr-images`);
    ssh(': >/root/ctr-imports; rm -rf /var/lib/kprov/images');
  });
  afterAll(() => {
    ssh('rm -rf /usr/local/bin/ctr /root/ctr-images /root/ctr-imports /var/lib/kprov/images');
    rmSync(folder, { recursive: true });
  });

  test.each(['large.tar', 'large.tar.gz'])('is sent and loaded, and not again: %s', async (name) => {
    const first = await load([name]);
    expect(first.hosts.node1?.[0]).toMatchObject({ status: 'changed', result: { loaded: [sum] } });
    expect([images(), imports(), left()]).toEqual([sum, '1', '0']);
    const second = await load([name]);
    expect(second.hosts.node1?.[0]).toMatchObject({ status: 'ok', result: { loaded: [] } });
    expect(imports()).toBe('1');
  });

  test('is loaded again where an image of it is gone', async () => {
    await load(['large.tar', 'small.tar']);
    expect(imports()).toBe('2');
    ssh(`sed -i /${sum}/d /root/ctr-images`);
    const run = await load(['large.tar', 'small.tar']);
    expect(run.hosts.node1?.[0]).toMatchObject({ status: 'changed', result: { loaded: [sum] } });
    expect([imports(), left()]).toEqual(['3', '0']);
  });

  test('is foretold by a dry run, which sends nothing', async () => {
    const run = await load(['large.tar'], ['--check']);
    expect(run.recap.node1).toMatchObject({ changed: 1, failed: 0 });
    expect([images(), ssh('ls -d /var/lib/kprov/images 2>&1 || true')]).toEqual([
      '',
      expect.stringContaining('No such'),
    ]);
  });
});
