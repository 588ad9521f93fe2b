import { KprovError } from '../../errors/index.js';
import type { ConnectionFlags, RunFlags } from '../options.js';
import type { Settings } from './settings.js';

const connections: Readonly<Record<string, string | undefined>> = {
  ssh: 'ssh',
  local: 'local',
  smart: undefined,
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
};

function connectionOf(settings: Settings): string | undefined {
  const name = settings.text('transport')?.replace(/^ansible\.builtin\./, '');
  if (name === undefined || Object.hasOwn(connections, name)) return name && connections[name];
  throw new KprovError('unsupported-connection', `${settings.given.get('transport')?.from}: ${name}`, {
    why: 'hosts are reached by ssh or local',
  });
}

function becomeMethodOf(settings: Settings): string | undefined {
  const name = settings.text('become_method')?.replace(/^(?:ansible\.builtin|community\.general)\./, '');
  if (name === undefined || name === 'sudo' || name === 'su') return name;
  throw new KprovError('unsupported-become', `${settings.given.get('become_method')?.from}: ${name}`, {
    why: 'kprov becomes other users by sudo and su',
  });
}

/** `a.ini,b.ini` are two inventories; `host,` is a list of hosts. */
export function inventoriesOf(settings: Settings): string[] {
  const text = settings.text('inventory');
  return text?.endsWith(',') ? [text] : settings.paths('inventory', ',');
}

/** Options in the order in which Ansible puts them on the command line of ssh. */
function sshArgumentsOf(flags: ConnectionFlags, settings: Settings): string | undefined {
  const parts = [
    settings.text('ssh_args'),
    flags.sshCommonArgs ?? settings.text('ssh_common_args'),
    flags.sshExtraArgs ?? settings.text('ssh_extra_args'),
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** Leaves out what is undefined. */
const present = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** Options of the command line with those of ansible.cfg and the environment behind them. */
export function withSettings<T extends ConnectionFlags>(flags: T, settings: Settings): T {
  const passwordFile = settings.path('connection_password_file');
  const becomeFile = settings.path('become_password_file');
  return {
    ...flags,
    inventory: flags.inventory.length > 0 ? flags.inventory : inventoriesOf(settings),
    become: flags.become || settings.flag('become') === true,
    askPass: flags.askPass || (settings.flag('ask_pass') === true && flags.connectionPasswordFile === undefined),
    askBecomePass:
      flags.askBecomePass || (settings.flag('become_ask_pass') === true && flags.becomePasswordFile === undefined),
    verbose: Math.max(flags.verbose, settings.number('verbosity') ?? 0),
    ...present({
      user: flags.user ?? settings.text('remote_user'),
      port: settings.number('remote_port'),
      privateKey: flags.privateKey ?? settings.path('private_key_file'),
      connection: flags.connection ?? connectionOf(settings),
      becomeUser: flags.becomeUser ?? settings.text('become_user'),
      becomeMethod: flags.becomeMethod ?? becomeMethodOf(settings),
      timeout: flags.timeout ?? settings.number('timeout'),
      forks: flags.forks ?? settings.number('forks'),
      sshCommonArgs: sshArgumentsOf(flags, settings),
      hostKeyChecking: flags.hostKeyChecking ?? (settings.flag('host_key_checking') === false ? 'off' : undefined),
      connectionPasswordFile: flags.connectionPasswordFile ?? (flags.askPass ? undefined : passwordFile),
      becomePasswordFile: flags.becomePasswordFile ?? (flags.askBecomePass ? undefined : becomeFile),
    }),
    settings,
  };
}

/** The same for the commands that run playbooks. */
export function withRunSettings<T extends RunFlags>(flags: T, settings: Settings): T {
  return {
    ...withSettings(flags, settings),
    diff: flags.diff || settings.flag('diff_always') === true,
    forceHandlers: flags.forceHandlers || settings.flag('force_handlers') === true,
    tags: flags.tags.length > 0 ? flags.tags : settings.list('run_tags'),
    skipTags: [...settings.list('skip_tags'), ...flags.skipTags],
  };
}
