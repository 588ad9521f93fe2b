import type { Judged } from '../results/task-result.js';
import { variablesOf } from '../variables/variables.js';
import { pauseFor } from './interruption.js';
import { countOf } from './keyword.js';
import type { Turn } from './loop.js';
import type { TaskOnHost } from './settlement.js';

/** `until`: tries again after `delay` seconds (default 5) as often as `retries` says (default 3). */
export async function untilDone(
  { host, task, info }: TaskOnHost,
  turn: Turn | undefined,
  tryOnce: () => Promise<Judged>,
): Promise<Judged> {
  const { templar } = host.play.run.scope;
  const rendering = { templar, variables: variablesOf(host.scope(task, turn?.local)) };
  const retries = countOf(task.retries, rendering) ?? 3;
  const delay = countOf(task.delay, rendering) ?? 5;
  for (let attempts = 1; ; attempts++) {
    const result = await tryOnce();
    result.value.attempts = attempts;
    if (result.status === 'unreachable' || result.status === 'unknown' || result.incomplete) return result;
    const local = { ...turn?.local, ...(task.register !== undefined && { [task.register]: result.value }) };
    const isDone = await host.evaluate(() => {
      const seen = variablesOf(host.scope(task, local));
      return (task.until ?? []).every((condition) => templar.evaluateCondition(condition, seen));
    });
    if (isDone) return result;
    if (attempts > retries) {
      // Ansible does not count the first try among the attempts where all were in vain.
      result.value.attempts = retries;
      result.value.failed = true;
      return { ...result, status: 'failed' };
    }
    const message = `FAILED - RETRYING: [${host.host}]: ${info.name} (${retries - attempts + 1} retries left).`;
    host.play.run.emit({ type: 'notice', level: 'info', host: host.host, task: info, message });
    await pauseFor(host, delay * 1000);
  }
}
