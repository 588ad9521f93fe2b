import { Command, CommanderError, Option } from 'commander';
import { InputError, KprovError } from '../errors/index.js';
import { renderDiagnostic } from '../report/diagnostics.js';
import type { InventoryFlags } from './commands/inventory.js';
import type { ValidateFlags } from './commands/validate.js';
import { exitCode } from './exit-codes.js';
import { type ConnectionFlags, connectionOptions, inventoryOption, type RunFlags, runOptions } from './options.js';
import { sayError, terminal } from './terminal.js';

type SetExit = (code: number) => void;

function playbookCommand(name: string, summary: string, done: SetExit): Command {
  return runOptions(new Command(name))
    .summary(summary)
    .argument('<playbook...>', 'playbooks to run, in this order')
    .action(async (playbooks: string[], flags: RunFlags) => {
      const { up } = await import('./commands/up.js');
      done(await up(playbooks, flags));
    });
}

const inventoryCommand = (): Command =>
  inventoryOption(new Command('inventory'))
    .summary('show the inventory')
    .option('--list', 'everything as JSON')
    .option('--graph', 'groups and hosts as a tree')
    .option('--host <name>', 'the variables of one host')
    .action(async (flags: InventoryFlags) => {
      const { inventory } = await import('./commands/inventory.js');
      await inventory(flags);
    });

const validateCommand = (done: SetExit): Command =>
  connectionOptions(new Command('validate'))
    .summary('check inventory and playbooks without touching a host')
    .argument('<playbook...>', 'playbooks to check')
    .addOption(new Option('--output <form>', 'plain or json').choices(['plain', 'json']))
    .action(async (playbooks: string[], flags: ValidateFlags) => {
      const { validate } = await import('./commands/validate.js');
      done(await validate(playbooks, flags));
    });

const pingCommand = (done: SetExit): Command =>
  connectionOptions(new Command('ping'))
    .summary('reach every host, log in, become root, tell what it is')
    .argument('[pattern]', 'which hosts', 'all')
    .action(async (pattern: string, flags: ConnectionFlags) => {
      const { ping } = await import('./commands/ping.js');
      done(await ping(pattern, flags));
    });

const execCommand = (done: SetExit): Command =>
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

export function buildProgram(done: SetExit): Command {
  return new Command('kprov')
    .description('Turns bare Linux machines into a working Kubernetes cluster over SSH.')
    .addCommand(playbookCommand('up', 'converge hosts', done))
    .addCommand(playbookCommand('run', 'the same, for any playbook', done))
    .addCommand(validateCommand(done))
    .addCommand(inventoryCommand())
    .addCommand(pingCommand(done))
    .addCommand(execCommand(done))
    .addCommand(docCommand());
}

function render(error: unknown): number {
  const { errorColor, readLine } = terminal;
  const show = (diagnostic: Parameters<typeof renderDiagnostic>[0]) =>
    sayError(renderDiagnostic(diagnostic, readLine, { color: errorColor }));
  if (error instanceof InputError) {
    for (const diagnostic of error.diagnostics) show(diagnostic);
    return exitCode.badInput;
  }
  if (error instanceof KprovError) {
    const { code, message, fix, why, position } = error;
    show({
      severity: 'error',
      code,
      message,
      ...(fix !== undefined && { fix }),
      ...(why !== undefined && { why }),
      ...(position && { position }),
    });
    return exitCode.badInput;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.badInput;
  sayError(
    `This is a fault of kprov itself, not of yours. Please report it with what follows.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return exitCode.ourFault;
}

/** Runs a command line; gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCode.ok;
  const program = buildProgram((given) => {
    code = given;
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return render(error);
  }
}
