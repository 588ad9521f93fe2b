import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runMain } from '../../cli/run-main.js';

jest.setTimeout(120_000);

const setting = `- hosts: all
  tasks:
    - set_fact: {colour: green, ansible_shape: round, cacheable: true}
    - set_fact: {taste: sweet}
`;

const reading = `- hosts: all
  gather_facts: false
  vars: {ansible_shape: square}
  tasks:
    - debug:
        msg: "<{{ colour | default('-') }} {{ ansible_facts.shape | default('-') }} {{ ansible_shape }}
          {{ taste | default('-') }} {{ ansible_facts.distribution is defined }}>"
- hosts: all
  gather_facts: false
  tasks:
    - meta: clear_facts
    - debug: {msg: "cleared {{ colour | default('-') }}"}
`;

const gathering = `- hosts: all
  tasks:
    - debug: {msg: "{{ ansible_distribution is defined }}"}
- hosts: all
  tasks:
    - debug: {msg: "{{ ansible_distribution is defined }}"}
- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: none}
`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-cache-test-'));
  writeFileSync(join(directory, 'hosts.ini'), 'n1 ansible_connection=local\n');
  for (const [name, text] of Object.entries({ setting, reading, gathering })) {
    writeFileSync(join(directory, `${name}.yml`), text);
  }
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const configure = (text: string): void =>
  writeFileSync(join(directory, 'ansible.cfg'), `[defaults]\ninventory = hosts.ini\n${text}\n`);

async function run(...args: string[]): Promise<string> {
  const { text, code } = await runMain(['playbook', ...args], directory);
  return code === 0 ? text.replaceAll(/\s+/g, ' ') : `exit ${code}: ${text}`;
}

test.each([
  ['jsonfile', '"colour": "green"'],
  ['yaml', 'colour: green'],
])('facts that are kept with %s are there in the next run, until they are cleared', async (plugin, written) => {
  configure(`fact_caching = ${plugin}\nfact_caching_connection = kept\nfact_caching_prefix = of_`);
  expect(await run('setting.yml')).toContain('ok=3');
  const path = join(directory, 'kept', 'of_n1');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(written);
  expect(text).toContain('_ansible_facts_gathered');
  expect(text).not.toContain('taste');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const said = await run('reading.yml');
  expect(said).toContain('<green round square - True>');
  expect(said).toContain('cleared -');
  expect(readdirSync(join(directory, 'kept'))).toEqual([]);
});

test('facts count until their time is over, and not where the cache is flushed', async () => {
  configure('fact_caching = jsonfile\nfact_caching_connection = kept\nfact_caching_timeout = 60');
  await run('setting.yml');
  const path = join(directory, 'kept', 'n1');
  utimesSync(path, new Date(), new Date(Date.now() - 30_000));
  expect(await run('reading.yml')).toContain('<green round square - True>');
  await run('setting.yml');
  utimesSync(path, new Date(), new Date(Date.now() - 90_000));
  expect(await run('reading.yml')).toContain('<- - square - False>');
  await run('setting.yml');
  expect(await run('--flush-cache', 'reading.yml')).toContain('<- - square - False>');
});

test('smart gathering asks a host once, and not at all where facts are kept', async () => {
  const gatherings = (text: string): number => text.split('TASK [Gathering Facts]').length - 1;
  configure('');
  expect(gatherings(await run('gathering.yml'))).toBe(2);
  configure('gathering = smart\nfact_caching = jsonfile\nfact_caching_connection = kept');
  expect(gatherings(await run('gathering.yml'))).toBe(1);
  expect(gatherings(await run('gathering.yml'))).toBe(0);
});

test.each([
  ['fact_caching = redis', 'redis is not supported'],
  ['fact_caching = jsonfile', 'needs a directory'],
])('%s is refused', async (text, message) => {
  configure(text);
  expect(await run('reading.yml')).toMatch(new RegExp(`^exit 1: .*${message}`, 's'));
});

test('a file that cannot be read as facts is named, with what to do', async () => {
  configure('fact_caching = jsonfile\nfact_caching_connection = .');
  writeFileSync(join(directory, 'n1'), '{broken');
  expect(await run('reading.yml')).toMatch(/n1 is no json.*--flush-cache/s);
});
