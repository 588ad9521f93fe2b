import { type Diagnostic, sortDiagnostics } from '../../errors/index.js';
import { matchHosts } from '../../inventory/index.js';
import { tasksOf } from '../../playbook/index.js';
import { renderDiagnostics } from '../../report/diagnostics.js';
import { exitCode } from '../exit-codes.js';
import { patternsOf } from '../listing.js';
import type { ConnectionFlags } from '../options.js';
import { settled } from '../settings/index.js';
import { readPlaybooks, setUp } from '../setup.js';
import { say, sayError, terminal } from '../terminal.js';

export interface ValidateFlags extends ConnectionFlags {
  output?: 'plain' | 'json';
}

/** `kprov validate`: everything that can be checked without touching a host. */
export async function validate(playbooks: readonly string[], given: ValidateFlags): Promise<number> {
  const flags = settled(given);
  const setup = await setUp(flags, () => undefined);
  const { playbook, diagnostics } = readPlaybooks(playbooks, setup);
  const found: Diagnostic[] = [...setup.diagnostics, ...diagnostics];
  for (const play of playbook.plays) {
    found.push(...setup.inventory.checkPlaybookDir(play.directory));
    const patterns = patternsOf(play);
    if (patterns.some((pattern) => pattern.includes('{{'))) continue;
    // A part of a group (`control_plane[1:]`) may well be empty; a group that is not there is a mistake.
    const whole = patterns.map((pattern) => pattern.replace(/\[[\d:-]+\]$/, ''));
    if (matchHosts(setup.inventory, whole, [...setup.limit]).hosts.length > 0) continue;
    found.push({
      severity: 'warning',
      code: 'no-hosts',
      message: `no host of the inventory matches ${patterns.join(', ')}`,
      position: play.position,
    });
  }
  found.push(...setup.lacks);
  const sorted = sortDiagnostics(found);
  const errors = sorted.filter(({ severity }) => severity === 'error').length;
  if (flags.output === 'json') {
    const told = sorted.map(({ failsTask: _, ...diagnostic }) => diagnostic);
    say(JSON.stringify({ schema: 1, valid: errors === 0, diagnostics: told }, null, 2));
    return errors === 0 ? exitCode.ok : exitCode.badInput;
  }
  if (sorted.length > 0) sayError(renderDiagnostics(sorted, terminal.readLine, { color: terminal.errorColor }));
  if (errors > 0) return exitCode.badInput;
  const tasks = playbook.plays.flatMap(tasksOf);
  say(`valid: plays ${playbook.plays.length}, tasks ${tasks.length}, hosts ${setup.inventory.hosts.size}`);
  return exitCode.ok;
}
