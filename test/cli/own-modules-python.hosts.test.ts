import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { addressOf, readBed } from '../lab/bed.js';
import { kprov } from '../support/kprov.js';
import { putFiles } from '../support/task-cases.js';

jest.setTimeout(120_000);

const bed = readBed();
const module = `#!/usr/bin/python3
from ansible.module_utils.basic import AnsibleModule
import getpass
module = AnsibleModule(argument_spec={'word': {'type': 'str', 'required': True}}, supports_check_mode=True)
module.exit_json(changed=True, user=getpass.getuser(), given=module.params['word'])
`;

test('a module in Python with module_utils runs on a host that has Python, as another user', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  try {
    const word = 'odd "it\'s" $(id) é';
    const task = { greets: { word }, become: true, become_user: '{{ item }}', loop: ['root', 'ops'] };
    const inventory = `rpm ansible_host=${addressOf(bed, 'rpm')} ansible_user=vagrant ansible_ssh_private_key_file=${bed.privateKeyFile} ansible_ssh_common_args='-o UserKnownHostsFile=${bed.knownHostsFile}'\n`;
    putFiles(folder, {
      'library/greets.py': module,
      'hosts.ini': inventory,
      'site.yml': JSON.stringify([{ hosts: 'rpm', gather_facts: false, tasks: [task] }]),
    });
    const { stdout, stderr } = await kprov(['run', '-i', 'hosts.ini', '--output', 'json', 'site.yml'], { cwd: folder });
    const items = stdout
      .split('\n')
      .filter((line) => line.includes('"item-finished"'))
      .map((line) => (JSON.parse(line) as { result: { value: { user: string; given: string } } }).result.value);
    expect([items.map(({ user, given }) => [user, given]), stderr]).toEqual([
      [
        ['root', word],
        ['ops', word],
      ],
      expect.not.stringContaining('error'),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
