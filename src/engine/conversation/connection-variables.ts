import { KprovError } from '../../errors/index.js';
import type { Target } from '../../transport/index.js';
import { parseBoolean, type Value } from '../../values/index.js';
import type { BecomeRequest } from './become.js';

/** What the command line says about connections; inventory variables win over it, as with Ansible. */
export interface ConnectionDefaults {
  user?: string;
  port?: number;
  privateKeyFile?: string;
  connection?: string;
  password?: string;
  commonArgs?: string;
  become: boolean;
  becomeUser: string;
  becomePassword?: string;
  becomeMethod?: string;
  becomeExe?: string;
  becomeFlags?: string;
}

/** Reads a variable, rendered; undefined where there is none. */
export type ReadVariable = (name: string) => Value | undefined;

const asText = (value: Value | undefined): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

function first(read: ReadVariable, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = asText(read(name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function portOf(text: string | undefined, host: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new KprovError('bad-port', `${host}: ansible_port is ${text}`, {
    why: 'a port is a whole number from 1 to 65535',
  });
}

/** Variables that ssh knows as options. What stands first counts. Throws KprovError for what cannot be meant. */
function optionsOf(read: ReadVariable, host: string): (string | undefined)[] {
  const [checkingName, timeoutName] = [
    ['ansible_ssh_host_key_checking', 'ansible_host_key_checking'],
    ['ansible_ssh_timeout', 'ansible_timeout'],
  ].map((names) => names.find((name) => asText(read(name)) !== undefined));
  const refuse = (name: string, why: string): never => {
    throw new KprovError('bad-connection-variable', `${host}: ${name} is ${read(name)}`, { why });
  };
  const options = [asText(read('ansible_ssh_args'))];
  if (checkingName !== undefined) {
    const isChecked = parseBoolean(read(checkingName)) ?? refuse(checkingName, 'expected yes or no');
    options.push(`-o StrictHostKeyChecking=${isChecked ? 'yes' : 'no'}`);
  }
  if (timeoutName !== undefined) {
    const seconds = asText(read(timeoutName)) ?? '';
    if (!/^[1-9]\d*$/.test(seconds)) refuse(timeoutName, 'expected a whole number of seconds');
    options.push(`-o ConnectTimeout=${seconds}`);
  }
  return options;
}

/**
 * Ansible's connection variables → how to reach the host. Where several names of a thing are given, the one that Ansible
 * names last counts: that of ssh or sudo, not the general one. Throws KprovError for what cannot be
 * meant.
 */
export function targetOf(host: string, read: ReadVariable, defaults: ConnectionDefaults): Target {
  const connection = first(read, ['ansible_connection']) ?? defaults.connection ?? 'ssh';
  if (!['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'local'].includes(connection)) {
    throw new KprovError('unsupported-connection', `${host}: ansible_connection is ${connection}`, {
      why: 'kprov reaches hosts by ssh or local',
    });
  }
  const args = ['ansible_ssh_common_args', 'ansible_ssh_extra_args'].map((name) => asText(read(name)));
  const commonArgs = [...optionsOf(read, host), defaults.commonArgs, ...args]
    .filter((text) => text !== undefined && text !== '')
    .join(' ');
  return {
    name: host,
    kind: connection === 'local' ? 'local' : 'ssh',
    address: first(read, ['ansible_ssh_host', 'ansible_host']) ?? host,
    port: portOf(first(read, ['ansible_ssh_port', 'ansible_port']), host) ?? defaults.port,
    user: first(read, ['ansible_ssh_user', 'ansible_user']) ?? defaults.user,
    password: first(read, ['ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password']) ?? defaults.password,
    privateKeyFile:
      first(read, ['ansible_ssh_private_key_file', 'ansible_private_key_file']) ?? defaults.privateKeyFile,
    commonArgs: commonArgs === '' ? undefined : commonArgs,
  };
}

export interface BecomeKeywords {
  become?: Value | undefined;
  becomeUser?: Value | undefined;
  becomeMethod?: Value | undefined;
  becomeExe?: Value | undefined;
  becomeFlags?: Value | undefined;
}

/** What kprov says about passwords itself: `-n`, `-S`, `-k`, `-p PROMPT`. */
function flagWords(text: string): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.filter((word, index) => !['-n', '-S', '-p'].includes(word) && words[index - 1] !== '-p');
}

/** Whom a task runs as: variables win over keywords, keywords over the command line. Undefined: the login user. */
export function becomeOf(
  host: string,
  read: ReadVariable,
  keywords: BecomeKeywords,
  defaults: ConnectionDefaults,
): Omit<Extract<BecomeRequest, { kind: 'user' }>, 'kind'> | undefined {
  const wanted = read('ansible_become') ?? keywords.become ?? defaults.become;
  const become = parseBoolean(wanted);
  if (become === undefined) {
    throw new KprovError('bad-become', `${host}: become is ${JSON.stringify(wanted)}`, { why: 'expected yes or no' });
  }
  if (!become) return undefined;
  const given = first(read, ['ansible_become_method']) ?? asText(keywords.becomeMethod) ?? defaults.becomeMethod;
  const method = (given ?? 'sudo').replace(/^(?:ansible\.builtin|community\.general)\./, '');
  if (method !== 'sudo' && method !== 'su') {
    throw new KprovError('unsupported-become', `${host}: become_method is ${method}`, {
      why: 'kprov becomes other users by sudo and su',
    });
  }
  const variable = (name: string) => first(read, [`ansible_${method}_${name}`, `ansible_become_${name}`]);
  const user = variable('user') ?? asText(keywords.becomeUser) ?? defaults.becomeUser;
  const password = variable('pass') ?? first(read, ['ansible_become_password']) ?? defaults.becomePassword;
  const exe = variable('exe') ?? asText(keywords.becomeExe) ?? defaults.becomeExe;
  const flags = variable('flags') ?? asText(keywords.becomeFlags) ?? defaults.becomeFlags;
  return {
    user,
    method,
    ...(password !== undefined && { password }),
    ...(exe !== undefined && exe !== method && { exe }),
    ...(flags !== undefined && { flags: flagWords(flags) }),
  };
}
