import type { RunOutcome } from '../engine/index.js';

/** Ansible's, and terraform's for `--detailed-exitcode`. */
export const exitCode = {
  ok: 0,
  badInput: 1,
  taskFailed: 2,
  unreachable: 4,
  /** What ansible-playbook says of a file that cannot be read as a playbook. */
  badPlaybook: 4,
  changesPending: 10,
  interrupted: 99,
  ourFault: 250,
} as const;

/** What a run comes to; a failure that was taken back is none. `detailed`: are pending changes told from none? */
export function exitCodeOf({ stats, lost, interrupted }: RunOutcome, detailed = false): number {
  const all = [...stats.values()];
  const losses = new Set(lost.values());
  if (interrupted) return exitCode.interrupted;
  if (losses.has('unreachable')) return exitCode.unreachable;
  if (losses.has('failed')) return exitCode.taskFailed;
  if (detailed && all.some((host) => host.changed > 0 || host.unknown > 0)) return exitCode.changesPending;
  return exitCode.ok;
}
