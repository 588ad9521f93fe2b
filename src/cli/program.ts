import { Command, CommanderError, Help, type Option } from 'commander';
import { harmless } from '../report/text.js';
import { adhocCommand } from './command-line/adhoc.js';
import { configCommand } from './command-line/config.js';
import { docCommand } from './command-line/doc.js';
import { execCommand } from './command-line/exec.js';
import { galaxyCommand } from './command-line/galaxy.js';
import { inventoryCommand } from './command-line/inventory.js';
import { pingCommand } from './command-line/ping.js';
import { playbookCommand } from './command-line/playbook.js';
import { resetCommand } from './command-line/reset.js';
import { runCommand } from './command-line/run.js';
import type { Surroundings } from './command-line/surroundings.js';
import { upCommand } from './command-line/up.js';
import { validateCommand } from './command-line/validate.js';
import { vaultCommand } from './command-line/vault.js';
import { exitCode } from './exit-codes.js';
import { withOneSpelling, withoutAbbreviations } from './long-names.js';

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

/** All commands below one. */
const commandsOf = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((inner) => commandsOf(inner)),
];

/** That a switch is off by default goes without saying. */
const describeOption = (option: Option): string =>
  new Help().optionDescription(option).replace(/ \(default: (false|\[\])\)$/, '');

/** What commander says of a command line holds words of it. */
const output = { writeErr: (text: string): void => void process.stderr.write(harmless(text)) };

/** Every command with its options; what they do is loaded when it is asked for. */
export function buildProgram(surroundings: Surroundings): Command {
  const commands = [upCommand, runCommand, validateCommand, inventoryCommand, pingCommand, execCommand, docCommand];
  const program = new Command('kprov')
    .usage('<command> [options]')
    .description('Turns bare Linux machines into a working Kubernetes cluster over SSH.')
    .option('--version', 'show the version')
    .addHelpText('after', examples);
  for (const command of [
    ...commands,
    playbookCommand,
    adhocCommand,
    resetCommand,
    vaultCommand,
    galaxyCommand,
    configCommand,
  ].map((make) => make(surroundings))) {
    program.addCommand(command.showHelpAfterError(`kprov ${command.name()} --help shows how it is used.`));
  }
  program.showHelpAfterError('kprov --help shows the commands.');
  for (const command of commandsOf(program)) {
    command.exitOverride().configureHelp({ optionDescription: describeOption }).configureOutput(output);
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
