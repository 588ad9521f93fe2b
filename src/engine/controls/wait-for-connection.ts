import { setTimeout as sleep } from 'node:timers/promises';
import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import type { HostRun } from '../scheduler/host-run.js';
import type { Control } from './index.js';
import { result } from './result.js';

const probe = { check: false, diff: false, mayFail: true };

export interface WaitOptions {
  timeoutMs: number;
  sleepMs: number;
  what: string;
  /** The longest time for one attempt. */
  attemptMs?: number | undefined;
  /** Runs on the host; its zero exit code ends the wait. */
  test?: string;
}

/** What does not come in time is given up. Throws Error. */
export async function within<T>(milliseconds: number | undefined, work: Promise<T>): Promise<T> {
  if (milliseconds === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Tries to reach the host until it answers. Throws KprovError when the time is up. */
export async function untilReachable(host: HostRun, options: WaitOptions): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    let reason: string;
    try {
      const body = options.test === undefined ? sh`:` : sh`sh -c ${options.test} >/dev/null 2>&1`;
      const report = await within(
        options.attemptMs,
        host.conversation.send({
          body,
          mode: probe,
          become: { kind: 'login' },
          repeatable: false,
          independent: true,
        }),
      );
      if (report.status !== 'failed') return;
      reason = 'the test command fails';
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      reason = error.message;
      await host.conversation.disconnect();
    }
    if (Date.now() > deadline) {
      throw new KprovError('not-reachable', `timed out waiting for ${options.what}: ${reason}`);
    }
    await sleep(options.sleepMs, undefined, { signal: host.play.run.signal });
  }
}

/** Waits until the host can be reached. */
export const waitForConnection: Control = async ({ host, args, what }) => {
  const began = Date.now();
  await host.drain();
  await sleep(Number(args.delay) * 1000, undefined, { signal: host.play.run.signal });
  await host.conversation.disconnect();
  await untilReachable(host, {
    timeoutMs: Number(args.timeout) * 1000,
    sleepMs: Number(args.sleep) * 1000,
    attemptMs: Number(args.connect_timeout) * 1000,
    what,
  });
  return result('ok', { elapsed: Math.round((Date.now() - began) / 1000) });
};
