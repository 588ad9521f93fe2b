import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { RunOptions } from '../engine/index.js';

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}

/** What this run takes the lock of hosts with: told to whoever is kept waiting there. */
export function runLock(): NonNullable<RunOptions['lock']> {
  const since = new Date().toISOString().slice(0, 19).replace('T', ' ');
  const within = process.env.KPROV_RUN;
  return {
    run: randomBytes(8).toString('hex'),
    who: `${userName()}@${hostname()} since ${since} UTC`,
    ...(within !== undefined && /^[0-9a-f]+( [0-9a-f]+)*$/.test(within) && { within }),
  };
}
