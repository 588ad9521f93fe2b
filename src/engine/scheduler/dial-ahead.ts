import type { Task } from '../../playbook/index.js';
import { DialledAhead } from '../../transport/ssh/dialled-ahead.js';
import type { RunContext } from '../context.js';
import { commonTo } from '../conversation/connection-reader.js';
import { conversationWith } from '../conversation/conversations.js';
import { doneHere } from '../done-here.js';
import type { PlayScope } from '../variables/variables.js';

/** Will every host of the play be talked to for this task, whatever its variables say? */
function isSure(run: RunContext, task: Task): boolean {
  const { checkMode, tags, startAtTask, factCache } = run.options;
  const isLeftToTags = tags.only.length > 0 || tags.skip.length > 0 || task.tags.includes('never');
  if (isLeftToTags || startAtTask !== undefined || factCache !== undefined) return false;
  // A dry run leaves commands out.
  if (checkMode && task.action !== 'setup') return false;
  if (doneHere.has(task.action)) return false;
  return task.when.length === 0 && [task.loop, task.delegateTo, task.runOnce].every((keyword) => keyword === undefined);
}

/**
 * Begins to connect to hosts that the play's first task is sure to need, so that the way to all of them is covered while
 * the tasks are still worked out. What goes wrong is told by that task. No more than `forks`.
 */
export function dialAhead(run: RunContext, play: PlayScope, hosts: readonly string[], task: Task | undefined): void {
  if (task === undefined || !isSure(run, task)) return;
  const { remoteUser, connection, port } = play.play.keywords;
  if (task.remoteUser !== remoteUser || task.connection !== connection || task.port !== port) return;
  for (const host of hosts.slice(0, Math.min(run.options.forks ?? DialledAhead.most, DialledAhead.most))) {
    if (run.signal.aborted) return;
    try {
      if (commonTo({ play, host, task })) conversationWith(run, play, host).connect();
    } catch {
      // A variable that cannot be worked out: the task says so.
    }
  }
}
