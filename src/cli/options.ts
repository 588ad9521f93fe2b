import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Settings } from './settings/settings.js';

/** What the options of a command line come to, by commander's names. */
export interface ConnectionFlags {
  inventory: string[];
  limit: string[];
  extraVars: string[];
  user?: string;
  port?: number;
  become: boolean;
  /** Default root. */
  becomeUser?: string;
  becomeMethod?: string;
  askPass: boolean;
  askBecomePass: boolean;
  connectionPasswordFile?: string;
  /** Folders of the user's own modules, with : between. */
  modulePath?: string[];
  becomePasswordFile?: string;
  privateKey?: string;
  connection?: string;
  sshCommonArgs?: string;
  sshExtraArgs?: string;
  hostKeyChecking?: 'strict' | 'accept-new' | 'off';
  /** Seconds; default 10. */
  timeout?: number;
  forks?: number;
  verbose: number;
  /** What a fact cache has does not count. Default false. */
  flushCache?: boolean;
  vaultId: string[];
  vaultPasswordFile: string[];
  askVaultPassword: boolean;
  /** ansible.cfg and the environment; there once they have been read. */
  settings?: Settings;
  /** An inventory without hosts will do: `localhost` is always there. Default false. */
  mayLackHosts?: boolean;
}

export interface RunFlags extends ConnectionFlags {
  check: boolean;
  diff: boolean;
  detailedExitcode: boolean;
  tags: string[];
  skipTags: string[];
  startAtTask?: string;
  step?: boolean;
  listTasks: boolean;
  listHosts: boolean;
  listTags: boolean;
  forceHandlers: boolean;
  profile: boolean;
  handOn?: boolean;
  output?: 'live' | 'plain' | 'json';
}

export const collect = (value: string, before: string[] = []): string[] => [...before, value];
const split = (value: string, before: string[] = []): string[] => [
  ...before,
  ...value.split(',').map((tag) => tag.trim()),
];

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number above 0');
  return number;
}

/** One of the words, or what stands for it. */
const oneOf =
  (words: Readonly<Record<string, string>>) =>
  (value: string): string => {
    const known = Object.hasOwn(words, value) ? words[value] : undefined;
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`Allowed choices are ${[...new Set(Object.values(words))].join(', ')}.`);
  };

/** `-v`, which counts how often it is given. */
export const verboseOption = (about: string): Option =>
  new Option('-v, --verbose', about).argParser((_: string, before: number) => before + 1).default(0);

export const inventoryOption = (command: Command): Command =>
  command.option(
    '-i, --inventory <source>',
    'inventory file, directory, executable, or a comma-separated list of hosts; may be given several times',
    collect,
    [],
  );

/** Options of every command that reads files that may be encrypted. */
export const vaultOptions = (command: Command): Command =>
  command
    .option('--vault-id <id>', 'a vault password: [label@]file, [label@]script or [label@]prompt', collect, [])
    .option('--vault-password-file <file>', 'file or script with the vault password', collect, [])
    .option('-J, --ask-vault-password', 'ask for the vault password (also: --ask-vault-pass)', false);

/** Options of every command that reaches hosts. */
export function connectionOptions(command: Command): Command {
  return vaultOptions(inventoryOption(command))
    .option('-l, --limit <pattern>', 'only these hosts: names, groups, patterns, @file', collect, [])
    .option(
      '-e, --extra-vars <vars>',
      'variables: key=value, YAML or JSON, or @file; may be given several times',
      collect,
      [],
    )
    .option('-u, --user <user>', 'user to log in as')
    .option('-b, --become', 'become another user (root) on the hosts', false)
    .option('--become-user <user>', 'user to become (default: root)')
    .addOption(
      new Option('--become-method <method>', 'how to become it: sudo, su').argParser(
        oneOf({ sudo: 'sudo', su: 'su', 'ansible.builtin.sudo': 'sudo', 'ansible.builtin.su': 'su' }),
      ),
    )
    .option('-k, --ask-pass', 'ask for the ssh password', false)
    .option('-K, --ask-become-pass', 'ask for the sudo password', false)
    .option('--connection-password-file <file>', 'file whose first line is the ssh password')
    .option('--become-password-file <file>', 'file whose first line is the sudo password')
    .option('--private-key <file>', 'private key to log in with (also: --key-file)')
    .addOption(
      new Option('-c, --connection <kind>', 'how to reach the hosts: ssh, local').argParser(
        oneOf({
          ssh: 'ssh',
          local: 'local',
          smart: 'ssh',
          paramiko: 'ssh',
          paramiko_ssh: 'ssh',
          'ansible.builtin.ssh': 'ssh',
          'ansible.builtin.local': 'local',
          'ansible.builtin.paramiko_ssh': 'ssh',
        }),
      ),
    )
    .option('--ssh-common-args <args>', 'options of the ssh command, such as "-J bastion"')
    .addOption(
      new Option(
        '--host-key-checking <mode>',
        'strict: only known host keys; accept-new: learn unknown ones; off: any',
      ).choices(['strict', 'accept-new', 'off']),
    )
    .option('-T, --timeout <seconds>', 'seconds to try to reach a host (default: 10)', wholeNumber)
    .option('-f, --forks <count>', 'hosts that have work under way at the same time (default: all)', wholeNumber)
    .addOption(verboseOption('show results (-vv, -vvv, -vvvv: more)'));
}

/** Options of the commands that run playbooks. */
export function runOptions(command: Command): Command {
  return connectionOptions(command)
    .addOption(new Option('--dry-run', 'show what would change, change nothing').implies({ check: true }))
    .option('-C, --check', 'the same', false)
    .option('-D, --diff', 'show changes of files as unified diffs', false)
    .option('--detailed-exitcode', 'with --dry-run: exit with 10 when there is something to change', false)
    .option('-t, --tags <tags>', 'only tasks with these tags', split, [])
    .option('--skip-tags <tags>', 'no tasks with these tags', split, [])
    .option('--hand-on', 'hosts hand large files that are no secret on to each other')
    .option('--start-at-task <name>', 'leave out the tasks before this one')
    .option('--list-tasks', 'list the tasks that would run, and stop', false)
    .option('--list-tags', 'list the tags there are, and stop', false)
    .option('--list-hosts', 'list the hosts of each play, and stop', false)
    .option('--force-handlers', 'run notified handlers even where a task has failed', false)
    .option('--profile', 'show before the recap which steps on which hosts the run has waited for', false)
    .addOption(
      new Option(
        '--output <form>',
        'live: a tree that moves (needs a terminal); plain: like ansible-playbook; json: an event a line',
      ).choices(['live', 'plain', 'json']),
    );
}
