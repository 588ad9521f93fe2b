import { Command, CommanderError } from 'commander';
import { InputError, KprovError } from '../errors/index.js';
import { renderDiagnostic } from '../report/diagnostics.js';
import { exitCode } from './exit-codes.js';
import { type RunFlags, runOptions } from './options.js';
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

export function buildProgram(done: SetExit): Command {
  return new Command('kprov')
    .description('Turns bare Linux machines into a working Kubernetes cluster over SSH.')
    .addCommand(playbookCommand('up', 'converge hosts', done))
    .addCommand(playbookCommand('run', 'the same, for any playbook', done));
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
