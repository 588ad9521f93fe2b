import { checkConnectionVariable } from '../../src/inventory/connection-variables.js';
import type { Value } from '../../src/values/index.js';

const position = { file: 'hosts', line: 3, column: 5 };
const check = (name: string, value: Value = 'x'): (string | undefined)[] =>
  checkConnectionVariable(name, value, position).flatMap(({ severity, code, fix }) => [`${severity} ${code}`, fix]);

test.each([
  ['ansible_ssh_hots', 'ansible_ssh_host'],
  ['ansible_hosts', 'ansible_host'],
  ['ansible_usr', 'ansible_user'],
  ['ansible_ssh_private_key', 'ansible_ssh_private_key_file'],
  ['ansible_become_passwd', 'ansible_become_pass'],
  ['ansible_ssh_comon_args', 'ansible_ssh_common_args'],
  ['ANSIBLE_HOST', 'ansible_host'],
  ['ansible_Port', 'ansible_port'],
])('%s is a warning that names %s', (name, better) => {
  expect(check(name)).toEqual(['warning unknown-connection-variable', `did you mean ${better}?`]);
});

test.each([
  'ansible_host',
  'ansible_user',
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_private_key_file',
  'ansible_become',
  'ansible_become_user',
  'ansible_become_password',
  'ansible_become_method',
  'ansible_ssh_common_args',
  'ansible_python_interpreter',
  'ansible_ruby_interpreter',
  'ansible_ssh_pipelining',
  'my_ansible_host',
  'ansible',
])('%s is known or none of ours', (name) => {
  expect(check(name)).toEqual([]);
});

test.each([1, 22, '2222', 65535, '{{ port }}', null])('%j is a port', (value) => {
  expect(check('ansible_port', value)).toEqual([]);
});

test.each([0, 65536, 22.5, '22a', 'ssh', true, [22]])('%j is no port', (value) => {
  expect(check('ansible_port', value)).toEqual(['error bad-port', undefined]);
});

test('a connection that kprov does not have is refused, with the nearest one', () => {
  expect(check('ansible_connection', 'shh')).toEqual(['error unknown-connection', 'did you mean "ssh"?']);
  expect(check('ansible_connection', 'winrm')).toEqual(['error unknown-connection', undefined]);
  for (const value of ['ssh', 'local', 'smart', '{{ how }}']) expect(check('ansible_connection', value)).toEqual([]);
});
