import type { HostStats } from '../engine/index.js';

/** Ansible's, and terraform's for `--detailed-exitcode`. */
export const exitCode = {
  ok: 0,
  badInput: 1,
  taskFailed: 2,
  unreachable: 4,
  changesPending: 10,
  interrupted: 99,
  ourFault: 250,
} as const;

/** What a run's statistics come to. */
export function exitCodeOf(stats: Iterable<HostStats>, options: { detailed: boolean; interrupted: boolean }): number {
  const all = [...stats];
  if (options.interrupted) return exitCode.interrupted;
  if (all.some((host) => host.unreachable > 0)) return exitCode.unreachable;
  if (all.some((host) => host.failed > 0)) return exitCode.taskFailed;
  if (options.detailed && all.some((host) => host.changed > 0 || host.unknown > 0)) return exitCode.changesPending;
  return exitCode.ok;
}
