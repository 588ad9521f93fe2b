import { Command, CommanderError, Help, Option } from 'commander';
import type { AdhocFlags } from './commands/adhoc.js';
import type { GalaxyFlags } from './commands/galaxy.js';
import type { InventoryFlags } from './commands/inventory.js';
import type { PlaybookFlags } from './commands/playbook.js';
import type { ValidateFlags } from './commands/validate.js';
import type { VaultAction, VaultFlags } from './commands/vault.js';
import { exitCode } from './exit-codes.js';
import { withOneSpelling, withoutAbbreviations } from './long-names.js';
import {
  type ConnectionFlags,
  collect,
  connectionOptions,
  inventoryOption,
  type RunFlags,
  runOptions,
  vaultOptions,
} from './options.js';
import { shippedPlaybook } from './shipped.js';

interface Surroundings {
  /** The command line without `kprov`. */
  args: readonly string[];
  done(code: number): void;
}

const examples = `
Examples:
  kprov up -i hosts.ini                         make a cluster of the hosts, with the playbook that ships
  kprov up -i hosts.ini site.yml --dry-run -D   show what a playbook would change, with diffs
  kprov ping -i hosts.ini workers               reach, log in, become root
  kprov exec -i hosts.ini all -b -- uptime      one command everywhere
  kprov doc kubeadm_init                        documentation of a task

Exit codes:
  0 all well · 1 wrong usage, inventory or playbook; nothing was touched · 2 a task failed · 4 a host was
  unreachable · 10 a dry run with --detailed-exitcode found something to change · 99 interrupted · 250 fault of kprov`;

const upCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('up'))
    .summary('converge hosts')
    .description(
      'Converges hosts to what playbooks say. Without a playbook: to a Kubernetes cluster, by the one that ships.',
    )
    .argument('[playbook...]', 'playbooks to run, in this order')
    .action(async (given: string[], flags: RunFlags) => {
      const { up } = await import('./commands/up.js');
      const playbooks = given.length > 0 ? given : [shippedPlaybook('cluster')];
      if (given.length === 0) process.stderr.write(`playbook: ${playbooks.join(' ')}\n`);
      done(await up(playbooks, flags, { args }));
    });

const runCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('run'))
    .summary('run any playbook')
    .description('Runs playbooks, whatever they are for; otherwise as up.')
    .argument('<playbook...>', 'playbooks to run, in this order')
    .action(async (playbooks: string[], flags: RunFlags) => {
      const { up } = await import('./commands/up.js');
      done(await up(playbooks, flags, { args }));
    });

const playbookCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('playbook'))
    .summary('stand in for ansible-playbook: its command line, its output')
    .description(
      'Takes the command line of ansible-playbook. Plays are linear unless they say otherwise, as with Ansible.',
    )
    .argument('<playbook...>', 'playbooks to run, in this order')
    .option('--syntax-check', 'check the playbooks, and stop', false)
    .option('--flush-cache', 'what the fact cache has of the hosts is removed first', false)
    .option('--step', 'ask before each task: no, yes, or yes to all', false)
    .option('-M, --module-path <path>', 'folders of modules of your own, with : between', collect)
    .option('--ssh-extra-args <args>', 'further options of the ssh command')
    .option('--sftp-extra-args <args>', 'accepted: there is one connection for everything')
    .option('--scp-extra-args <args>', 'accepted: there is one connection for everything')
    .action(async (playbooks: string[], flags: PlaybookFlags) => {
      const { playbook } = await import('./commands/playbook.js');
      done(await playbook(playbooks, flags, args));
    });

const adhocCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('adhoc'))
    .summary('stand in for ansible: one task on many hosts')
    .description('Takes the command line of ansible: a pattern, and a task with its arguments.')
    .argument('<pattern>', 'which hosts')
    .option('-m, --module-name <name>', 'the task', 'command')
    .option('-a, --args <arguments>', 'its arguments: key=value words, or a mapping in JSON')
    .option('-M, --module-path <path>', 'folders of modules of your own, with : between', collect)
    .action(async (pattern: string, flags: AdhocFlags) => {
      const { adhoc } = await import('./commands/adhoc.js');
      done(await adhoc(pattern, flags));
    });

const resetCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('reset'))
    .summary('take a cluster down')
    .description('Takes a cluster down, by the playbook that ships, and leaves hosts that up can use again.')
    .option('-y, --yes', 'do not ask', false)
    .action(async (flags: RunFlags & { yes: boolean }) => {
      const { reset } = await import('./commands/reset.js');
      done(await reset(flags, args));
    });

const inventoryCommand = (): Command =>
  vaultOptions(inventoryOption(new Command('inventory')))
    .summary('show the inventory')
    .description('Shows the inventory, as ansible-inventory does; everything as JSON by default.')
    .addOption(new Option('--list', 'everything as JSON').conflicts(['graph', 'host']))
    .addOption(new Option('--graph [group]', 'groups and hosts as a tree').conflicts(['list', 'host']))
    .addOption(new Option('--host <name>', 'the variables of one host').conflicts(['list', 'graph']))
    .option('--playbook-dir <directory>', 'its group_vars and host_vars count too')
    .option('-v, --verbose', 'say which configuration file counts', (_: string, before: number) => before + 1, 0)
    .action(async (flags: InventoryFlags) => {
      const { inventory } = await import('./commands/inventory.js');
      await inventory(flags);
    });

const validateCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('validate'))
    .summary('check inventory and playbooks without touching a host')
    .description('Checks everything that can be checked without touching a host, and shows all that is wrong at once.')
    .argument('<playbook...>', 'playbooks to check')
    .addOption(new Option('--output <form>', 'for people or for machines').choices(['plain', 'json']))
    .action(async (playbooks: string[], flags: ValidateFlags) => {
      const { validate } = await import('./commands/validate.js');
      done(await validate(playbooks, flags));
    });

const pingCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('ping'))
    .summary('reach every host, log in, become root, tell what it is')
    .argument('[pattern]', 'which hosts', 'all')
    .action(async (pattern: string, flags: ConnectionFlags) => {
      const { ping } = await import('./commands/ping.js');
      done(await ping(pattern, flags));
    });

const execCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('exec'))
    .summary('run one command on many hosts')
    .usage('[options] <pattern> -- <command...>')
    .argument('<pattern>', 'which hosts')
    .argument('<command...>', 'the command and its arguments')
    .option('--shell', 'run it through a shell: pipes, redirections, variables', false)
    .action(async (pattern: string, command: string[], flags: ConnectionFlags & { shell: boolean }) => {
      const { exec } = await import('./commands/exec.js');
      done(await exec(pattern, command, flags));
    });

const docCommand = (): Command =>
  new Command('doc')
    .summary('documentation of a task')
    .argument('[task]', 'its name; without one, all tasks are listed')
    .action(async (name: string | undefined) => {
      const { doc } = await import('./commands/doc.js');
      doc(name);
    });

const vaultActions: readonly (readonly [VaultAction, string])[] = [
  ['create', 'a new encrypted file, written in EDITOR'],
  ['decrypt', 'files in clear again'],
  ['edit', 'change encrypted files in EDITOR'],
  ['view', 'show encrypted files'],
  ['encrypt', 'encrypt files'],
  ['encrypt_string', 'encrypt texts, as values for YAML files'],
  ['rekey', 'give encrypted files another password'],
];

function vaultCommand({ done }: Surroundings): Command {
  const command = new Command('vault').summary('encrypt and decrypt files, as ansible-vault');
  for (const [action, about] of vaultActions) {
    const isWriting = action !== 'view' && action !== 'edit';
    const own = vaultOptions(new Command(action))
      .summary(about)
      .argument(action === 'encrypt_string' ? '[text...]' : '[file...]')
      .option('-v, --verbose', 'say which configuration file counts', (_: string, before: number) => before + 1, 0);
    if (isWriting && action !== 'decrypt') {
      own.option('--encrypt-vault-id <id>', 'which of several passwords to encrypt with');
    }
    if (isWriting && action !== 'rekey' && action !== 'create') {
      own.option('--output <file>', 'where to write it; - is standard output');
    }
    if (action === 'create') own.option('--skip-tty-check', 'accepted: an editor need not have a terminal', false);
    if (action === 'rekey') {
      own
        .option('--new-vault-id <id>', 'the new password: [label@]source')
        .option('--new-vault-password-file <file>', 'file or script with the new password');
    }
    if (action === 'encrypt_string') {
      own
        .option('-n, --name <name>', 'name of the variable; one for each text', collect, [])
        .option('--stdin-name <name>', 'name of the variable that comes on standard input')
        .option('-p, --prompt', 'ask for the text', false)
        .option('--show-input', 'show the text while it is typed', false);
    }
    own.action(async (args: string[], flags: Partial<VaultFlags>) => {
      const { vault } = await import('./commands/vault.js');
      const defaults = { vaultId: [], vaultPasswordFile: [], askVaultPassword: false, name: [] };
      done(await vault(action, args, { ...defaults, verbose: 0, prompt: false, showInput: false, ...flags }));
    });
    command.addCommand(own);
  }
  return command;
}

const galaxyInstallCommand = ({ done }: Surroundings, skipsCollections: boolean): Command =>
  new Command('install')
    .summary('install roles from git and from paths')
    .argument('[role...]', 'source[,version[,name]]')
    .option('-r, --role-file <file>', 'a file of requirements (also: --requirements-file)')
    .option('-p, --roles-path <directory>', 'where roles go (default: the first of roles_path, ~/.ansible/roles)')
    .option('-f, --force', 'replace roles that are there already (also: --force-with-deps)', false)
    .option('-n, --no-deps', 'leave out what roles depend on')
    .option('-g, --keep-scm-meta', "keep git's own directory", false)
    .option('-v, --verbose', 'say which configuration file counts', (_: string, before: number) => before + 1, 0)
    .action(async (roles: string[], flags: GalaxyFlags) => {
      const { galaxyInstall } = await import('./commands/galaxy.js');
      done(await galaxyInstall(roles, flags, { skipsCollections }));
    });

const galaxyCommand = (surroundings: Surroundings): Command =>
  new Command('galaxy')
    .summary('install roles, as ansible-galaxy')
    .addCommand(galaxyInstallCommand(surroundings, false))
    .addCommand(
      new Command('role').summary('the same, for roles only').addCommand(galaxyInstallCommand(surroundings, true)),
    );

/** All commands below one. */
const commandsOf = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((inner) => commandsOf(inner)),
];

/** That a switch is off by default goes without saying. */
const describeOption = (option: Option): string =>
  new Help().optionDescription(option).replace(/ \(default: (false|\[\])\)$/, '');

/** Every command with its options; what they do is loaded when it is asked for. */
export function buildProgram(surroundings: Surroundings): Command {
  const commands = [upCommand, runCommand, validateCommand, inventoryCommand, pingCommand, execCommand, docCommand];
  const program = new Command('kprov')
    .usage('<command> [options]')
    .description('Turns bare Linux machines into a working Kubernetes cluster over SSH.')
    .option('--version', 'show the version')
    .addHelpText('after', examples);
  for (const command of [...commands, playbookCommand, adhocCommand, resetCommand, vaultCommand, galaxyCommand].map(
    (make) => make(surroundings),
  )) {
    program.addCommand(command.showHelpAfterError(`kprov ${command.name()} --help shows how it is used.`));
  }
  program.showHelpAfterError('kprov --help shows the commands.');
  for (const command of commandsOf(program)) {
    command.exitOverride().configureHelp({ optionDescription: describeOption });
  }
  return program;
}

/** Runs a command line; gives the exit code. */
export async function main(given: readonly string[]): Promise<number> {
  const args = withOneSpelling(given);
  let code: number = exitCode.ok;
  const program = buildProgram({
    args,
    done: (result) => {
      code = result;
    },
  });
  try {
    const command = program.commands.find((each) => each.name() === 'playbook' && each.name() === args[0]);
    const long = command?.options.flatMap((option) => option.long ?? []) ?? [];
    const whole = command === undefined ? args : withoutAbbreviations(args, [...long, '--help']);
    await program.parseAsync(whole, { from: 'user' });
    return code;
  } catch (error) {
    // commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.badInput;
    const [{ showError }, { sayError, terminal }] = await Promise.all([
      import('./show-error.js'),
      import('./terminal.js'),
    ]);
    const shown = showError(error, {
      color: terminal.errorColor,
      readLine: terminal.readLine,
      likeAnsible: args[0] === 'playbook',
    });
    sayError(shown.text);
    return shown.code;
  }
}
