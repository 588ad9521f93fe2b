import { tasksOf } from '../../engine/index.js';
import { type Diagnostic, sortDiagnostics } from '../../errors/index.js';
import { matchHosts } from '../../inventory/index.js';
import { renderDiagnostic } from '../../report/diagnostics.js';
import { exitCode } from '../exit-codes.js';
import type { ConnectionFlags } from '../options.js';
import { readPlaybooks, setUp } from '../setup.js';
import { say, sayError, terminal } from '../terminal.js';

export interface ValidateFlags extends ConnectionFlags {
  output?: 'plain' | 'json';
}

/** `kprov validate`: everything that can be checked without touching a host. */
export async function validate(playbooks: readonly string[], flags: ValidateFlags): Promise<number> {
  const setup = await setUp(flags, () => undefined);
  const { playbook, diagnostics } = readPlaybooks(playbooks, setup);
  const found: Diagnostic[] = [...setup.diagnostics, ...diagnostics];
  for (const play of playbook.plays) {
    found.push(...setup.inventory.checkPlaybookDir(play.directory));
    const patterns = (Array.isArray(play.hosts) ? play.hosts : [play.hosts]).map(String);
    if (patterns.some((pattern) => pattern.includes('{{'))) continue;
    const { hosts } = matchHosts(setup.inventory, patterns, flags.limit);
    if (hosts.length === 0) {
      found.push({
        severity: 'warning',
        code: 'no-hosts',
        message: `no host of the inventory matches ${patterns.join(', ')}`,
        position: play.position,
      });
    }
  }
  const sorted = sortDiagnostics(found);
  const errors = sorted.filter(({ severity }) => severity === 'error').length;
  if (flags.output === 'json') say(JSON.stringify({ valid: errors === 0, diagnostics: sorted }, null, 2));
  else {
    for (const diagnostic of sorted)
      sayError(renderDiagnostic(diagnostic, terminal.readLine, { color: terminal.errorColor }));
    const tasks = playbook.plays.flatMap((play) => [
      ...tasksOf([...play.preTasks, ...play.roleTasks, ...play.tasks, ...play.postTasks]),
    ]);
    say(
      errors === 0
        ? `valid: ${playbook.plays.length} play(s), ${tasks.length} task(s), ${setup.inventory.hosts.size} host(s), ${sorted.length} warning(s)`
        : `${errors} error(s), ${sorted.length - errors} warning(s)`,
    );
  }
  return errors === 0 ? exitCode.ok : exitCode.badInput;
}
