import { isSelected, nodeFiles, type RunOptions, runPlaybook, tasksOf } from '../../engine/index.js';
import { matchHosts } from '../../inventory/index.js';
import type { Play } from '../../playbook/index.js';
import { renderDiagnostic } from '../../report/diagnostics.js';
import { makeReport } from '../../report/index.js';
import { exitCodeOf } from '../exit-codes.js';
import { onInterrupt } from '../interrupt.js';
import type { RunFlags } from '../options.js';
import { connectionDefaults, makeTransport, readPlaybooks, refuseErrors, type Setup, setUp } from '../setup.js';
import { say, sayError, terminal } from '../terminal.js';

function list(plays: readonly Play[], flags: RunFlags, setup: Setup): void {
  const selection = { only: flags.tags, skip: flags.skipTags };
  for (const [index, play] of plays.entries()) {
    say(`\n  play #${index + 1} (${String(play.hosts)}): ${play.name}\tTAGS: [${play.keywords.tags.join(', ')}]`);
    if (flags.listHosts) {
      const patterns = (Array.isArray(play.hosts) ? play.hosts : [play.hosts]).map(String);
      const { hosts } = matchHosts(setup.inventory, patterns, flags.limit);
      say(`    pattern: ${JSON.stringify(patterns)}\n    hosts (${hosts.length}):`);
      for (const host of hosts) say(`      ${host}`);
    }
    const tasks = [...tasksOf([...play.preTasks, ...play.roleTasks, ...play.tasks, ...play.postTasks])];
    const selected = tasks.filter((task) => isSelected(task.tags, selection));
    if (flags.listTasks) {
      say('    tasks:');
      for (const task of selected) {
        const name = task.role ? `${task.role.name} : ${task.name}` : task.name;
        say(`      ${name}\tTAGS: [${[...new Set(task.tags)].sort().join(', ')}]`);
      }
    }
    if (flags.listTags)
      say(`      TASK TAGS: [${[...new Set(selected.flatMap(({ tags }) => tags))].sort().join(', ')}]`);
  }
}

function runOptionsOf(flags: RunFlags, connection: RunOptions['connection']): RunOptions {
  return {
    checkMode: flags.check,
    diffMode: flags.diff,
    tags: { only: flags.tags, skip: flags.skipTags },
    ...(flags.startAtTask !== undefined && { startAtTask: flags.startAtTask }),
    ...(flags.forks !== undefined && { forks: flags.forks }),
    connection,
    forceHandlers: flags.forceHandlers,
    verbosity: flags.verbose,
    workingDirectory: process.cwd(),
  };
}

/** `kprov up` and `kprov run`: converges hosts. Gives the exit code; throws for wrong usage and bad input. */
export async function up(playbooks: readonly string[], flags: RunFlags): Promise<number> {
  const setup = await setUp(flags, (message) => sayError(`[DEPRECATED]: ${message}`));
  const { playbook, diagnostics, loader } = readPlaybooks(playbooks, setup);
  for (const warning of refuseErrors([...setup.diagnostics, ...diagnostics])) {
    sayError(renderDiagnostic(warning, terminal.readLine, { color: terminal.errorColor }));
  }
  if (flags.listTasks || flags.listHosts || flags.listTags) {
    say(`\nplaybook: ${playbooks.join(', ')}`);
    list(playbook.plays, flags, setup);
    return 0;
  }
  const interrupt = onInterrupt(sayError);
  const connection = await connectionDefaults(flags, setup, interrupt.signal);
  const report = makeReport({
    form: flags.output ?? (terminal.isInteractive ? 'live' : 'plain'),
    verbosity: flags.verbose,
    showDiff: flags.diff,
    color: terminal.color,
    columns: terminal.columns,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
  });
  const transport = makeTransport(flags, setup, interrupt.signal, (message) =>
    report.listen({ type: 'notice', level: 'warning', message }),
  );
  try {
    const { stats, interrupted } = await runPlaybook({
      playbook,
      loader,
      inventory: setup.inventory,
      limit: flags.limit,
      extraVars: setup.extraVars,
      options: runOptionsOf(flags, connection),
      templar: setup.templar,
      transport,
      files: nodeFiles,
      redactor: setup.redactor,
      prompts: setup.prompts,
      emit: report.listen,
      signal: interrupt.signal,
    });
    return exitCodeOf(stats.values(), { detailed: flags.check && flags.detailedExitcode, interrupted });
  } finally {
    await report.close();
    await transport.close();
  }
}
