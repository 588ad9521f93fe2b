import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runMain } from '../../cli/run-main.js';

jest.setTimeout(120_000);

const playbook = `- hosts: "{{ target }}"
  gather_facts: no
  vars: {here: localhost, w: 1}
  vars_prompt:
  - {name: target, prompt: Where, default: "{{ here }}", private: no}
  - name: without
  - {name: number, default: 5}
  - {name: given}
  - {name: template, default: "{{ '{{ w }}' }}"}
  - {name: unsafe, default: "{{ '{{ w }}' }}", unsafe: yes}
  - {name: hash, default: secret, encrypt: md5_crypt, salt: "12345678"}
  tasks:
  - copy:
      dest: "{{ playbook_dir }}/out"
      content: "{{ without }} {{ number is string }} {{ number }} {{ given }} {{ template }} {{ unsafe }} {{ hash }}"
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-prompt-test-'));
  writeFileSync(join(directory, 'p.yml'), playbook);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('without a terminal the answers are those of ansible-playbook', async () => {
  const args = ['-e', 'given=extra', 'p.yml'];
  execFileSync('ansible-playbook', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = (): string => execFileSync('cat', [join(directory, 'out')], { encoding: 'utf8' });
  const theirs = read();
  rmSync(join(directory, 'out'));
  const { code, text } = await runMain(['playbook', ...args], directory);
  expect([code, text]).toEqual([0, expect.stringContaining('PLAY [localhost]')]);
  expect(read()).toBe(theirs);
  expect(theirs).toContain('None');
});
