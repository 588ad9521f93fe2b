import { KprovError } from '../../errors/index.js';
import { oneLine } from '../../report/text.js';
import type { RunFlags } from '../options.js';
import type { Setup } from '../setup.js';
import { shippedPlaybook } from '../shipped.js';
import { commandLine } from '../unfinished.js';
import { up } from './up.js';

/** Throws KprovError unless somebody says yes. */
async function confirm(setup: Setup, hosts: readonly string[], args: readonly string[]): Promise<void> {
  const names = hosts.map(oneLine).join(', ');
  const question = `This takes Kubernetes and all that runs in it off ${names}. Type yes to go on: `;
  const answer = await setup.prompts.ask(question, { secret: false, signal: new AbortController().signal });
  if (answer?.trim().toLowerCase() === 'yes') return;
  if (answer !== undefined) throw new KprovError('not-confirmed', 'nothing was reset');
  throw new KprovError('not-confirmed', 'there is no terminal to ask at whether to reset', {
    fix: `without a question:\n${commandLine([...args, '--yes'])}`,
  });
}

/** `kprov reset`: takes a cluster down and leaves hosts that `up` can use again. */
export async function reset(flags: RunFlags & { yes: boolean }, args: readonly string[]): Promise<number> {
  const unasked = flags.yes || flags.check || flags.listHosts || flags.listTasks || flags.listTags;
  return up([shippedPlaybook('reset')], flags, {
    args,
    ...(!unasked && { confirm: (setup, hosts) => confirm(setup, hosts, args) }),
  });
}
