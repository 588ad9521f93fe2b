import { KprovError } from '../../errors/index.js';
import { matchHosts } from '../../inventory/index.js';
import type { Play } from '../../playbook/index.js';
import type { Variables } from '../../template/index.js';
import type { Value } from '../../values/index.js';
import { renderedKeyword } from '../attempts/keyword.js';
import type { RunContext } from '../context.js';

/** What a play's own keywords see while it has no hosts yet. */
function variablesOfAll({ scope: { extraVars, inventory } }: RunContext, { vars }: Play): Variables {
  const groups = () => Object.fromEntries([...inventory.groups].map(([name, { hosts }]) => [name, [...hosts]]));
  return {
    get: (name) => {
      if (Object.hasOwn(extraVars, name)) return { value: extraVars[name], template: true };
      if (name === 'groups') return { value: groups(), template: false };
      return Object.hasOwn(vars, name) ? { value: vars[name], template: true } : undefined;
    },
    names: () => [...Object.keys(extraVars), ...Object.keys(vars), 'groups'],
  };
}

/** What the play is called; as it is written where a variable of its name is not known yet. */
export function playName(run: RunContext, play: Play): string {
  try {
    return String(run.scope.templar.render(play.name, variablesOfAll(run, play)));
  } catch {
    return play.name;
  }
}

/**
 * The hosts of `hosts` and `--limit`, as the inventory lists them, and in which `order` the play takes them. Throws
 * KprovError for a pattern that nothing matches where `patternMismatch` says so.
 */
export function hostsOf(
  run: RunContext,
  play: Play,
  limit: readonly string[],
): { named: readonly string[]; order: Value | undefined } {
  const { inventory, templar } = run.scope;
  const variables = variablesOfAll(run, play);
  const pattern = templar.render(play.hosts, variables);
  const order = renderedKeyword(play.order, { templar, variables });
  const patterns = (Array.isArray(pattern) ? pattern : [pattern]).map(String);
  const { hosts, diagnostics } = matchHosts(inventory, patterns, [...limit]);
  const { patternMismatch = 'warning' } = run.options;
  for (const { code, message } of diagnostics) {
    const isMismatch = code === 'unmatched-pattern';
    if (isMismatch && patternMismatch === 'ignore') continue;
    if (isMismatch && patternMismatch === 'error') throw new KprovError(code, message, { position: play.position });
    run.emit({ type: 'notice', level: 'warning', message, position: play.position });
  }
  return { named: hosts, order };
}

/** Every order is as likely as any other (Fisher and Yates). */
function shuffled(hosts: readonly string[]): string[] {
  const mixed: string[] = [];
  for (const host of hosts) {
    const at = Math.floor(Math.random() * (mixed.length + 1));
    mixed.push(mixed[at] ?? host);
    mixed[at] = host;
  }
  return mixed;
}

/** `order` of a play: the hosts as it wants them. */
export function inOrder(hosts: readonly string[], order: Value | undefined): string[] {
  if (order === 'reverse_inventory') return [...hosts].reverse();
  if (order === 'sorted') return [...hosts].sort();
  if (order === 'reverse_sorted') return [...hosts].sort().reverse();
  if (order === 'shuffle') return shuffled(hosts);
  return [...hosts];
}
