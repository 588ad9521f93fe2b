import { isConnectionVariable } from '../../../src/engine/conversation/connection-names.js';
import {
  becomeOf,
  type ConnectionDefaults,
  type ReadVariable,
  targetOf,
} from '../../../src/engine/conversation/connection-variables.js';
import { isGiven } from '../../../src/engine/variables/host-layers.js';
import { checkConnectionVariable } from '../../../src/inventory/connection-variables.js';
import type { Mapping } from '../../../src/values/index.js';

const defaults: ConnectionDefaults = { become: false, becomeUser: 'root' };
const reading =
  (variables: Mapping): ReadVariable =>
  (name) =>
    variables[name];

test.each<[Mapping, string | undefined]>([
  [{}, undefined],
  [{ ansible_ssh_args: '-C -o Compression=yes' }, '-C -o Compression=yes'],
  [{ ansible_host_key_checking: false }, '-o StrictHostKeyChecking=no'],
  [{ ansible_host_key_checking: 'no' }, '-o StrictHostKeyChecking=no'],
  [{ ansible_ssh_host_key_checking: true, ansible_host_key_checking: false }, '-o StrictHostKeyChecking=yes'],
  [{ ansible_timeout: 7 }, '-o ConnectTimeout=7'],
  [{ ansible_ssh_timeout: '9', ansible_timeout: 7 }, '-o ConnectTimeout=9'],
  [
    { ansible_ssh_args: '-4', ansible_timeout: 7, ansible_ssh_common_args: '-J gate', ansible_ssh_extra_args: '-6' },
    '-4 -o ConnectTimeout=7 -J gate -6',
  ],
])('%j are options of ssh: %s', (variables, args) => {
  expect(targetOf('h', reading(variables), defaults).commonArgs).toBe(args);
});

// Checked with ansible-core 2.14 and 2.19: of several names the last in the plugin's list counts.
test.each<[Mapping, object]>([
  [{ ansible_user: 'a', ansible_ssh_user: 'b' }, { user: 'b' }],
  [{ ansible_host: 'a', ansible_ssh_host: 'b' }, { address: 'b' }],
  [{ ansible_port: 1, ansible_ssh_port: 2 }, { port: 2 }],
  [{ ansible_private_key_file: 'a', ansible_ssh_private_key_file: 'b' }, { privateKeyFile: 'b' }],
  [{ ansible_password: 'a', ansible_ssh_pass: 'b' }, { password: 'b' }],
  [{ ansible_ssh_pass: 'b', ansible_ssh_password: 'c' }, { password: 'c' }],
])('of %j counts %j', (variables, target) => {
  expect(targetOf('h', reading(variables), defaults)).toMatchObject(target);
});

test.each<[Mapping, object]>([
  [{ ansible_become_user: 'a', ansible_sudo_user: 'b' }, { user: 'b' }],
  [{ ansible_become_password: 'a', ansible_become_pass: 'b' }, { password: 'b' }],
  [{ ansible_become_pass: 'b', ansible_sudo_pass: 'c' }, { password: 'c' }],
  [{ ansible_become_exe: 'doas', ansible_su_exe: 'x' }, { exe: 'doas' }],
  [{ ansible_become_flags: '-i -n' }, { flags: ['-i'] }],
])('of %j counts %j', (variables, become) => {
  expect(becomeOf('h', reading(variables), { become: true }, defaults)).toMatchObject(become);
});

test('a variable stands before what the command line and the settings say, as the first one counts', () => {
  const { commonArgs } = targetOf('h', reading({ ansible_timeout: 7 }), {
    ...defaults,
    commonArgs: '-o ConnectTimeout=1',
  });
  expect(commonArgs).toBe('-o ConnectTimeout=7 -o ConnectTimeout=1');
});

test.each<[string, string, string]>([
  ['ansible_host_key_checking', 'perhaps', 'yes or no'],
  ['ansible_timeout', '0', 'seconds'],
  ['ansible_timeout', '5 -o ProxyCommand=x', 'seconds'],
])('%s: %s is refused by its name', (name, value, why) => {
  expect(() => targetOf('h', reading({ [name]: value }), defaults)).toThrow(`h: ${name} is ${value}`);
  expect(() => targetOf('h', reading({ [name]: value }), defaults)).toThrow(
    expect.objectContaining({ why: expect.stringContaining(why) }),
  );
});

test.each(['sudo', 'su'])(
  'what is read to reach a host and to become a user by %s never waits for facts, and is known',
  (method) => {
    const names = new Set<string>();
    const read: ReadVariable = (name) => {
      names.add(name);
      return name === 'ansible_become_method' ? method : undefined;
    };
    targetOf('h', read, defaults);
    becomeOf('h', read, { become: true }, defaults);
    const position = { file: 'hosts.ini', line: 1, column: 1 };
    const unknown = (name: string) =>
      checkConnectionVariable(name, 'ssh', position).some(({ code }) => code.startsWith('unknown'));
    expect(names.size).toBeGreaterThan(20);
    expect([...names].filter((name) => !isGiven(name) || !isConnectionVariable(name) || unknown(name))).toEqual([]);
  },
);
