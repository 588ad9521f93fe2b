import { setTimeout as sleep } from 'node:timers/promises';
import { NotBegun } from '../results/outcomes.js';
import type { HostRun } from '../scheduler/host-run.js';

/** Throws Stop for an error that is there only because the run was interrupted: such a task has no result. */
export function stopIfInterrupted(host: HostRun, error: unknown): void {
  const { signal } = host.play.run;
  if (!signal.aborted) return;
  const isInterrupt = error === signal.reason || error instanceof NotBegun;
  if (isInterrupt || (error instanceof Error && error.name === 'AbortError')) host.checkpoint();
}

/** Waits; throws Stop where the run is interrupted meanwhile. */
export async function pauseFor(host: HostRun, milliseconds: number): Promise<void> {
  const { signal } = host.play.run;
  await sleep(milliseconds, undefined, { signal }).catch(() => host.checkpoint());
}
