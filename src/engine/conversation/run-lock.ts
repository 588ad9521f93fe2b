import { createHash } from 'node:crypto';
import type { ConversationOptions } from './conversation-options.js';
import type { ShellOptions } from './shell-session.js';

/** Keeps two runs from changing a host at once. */
export interface RunLock {
  /** Of this run alone. */
  run: string;
  /** "alice@laptop since 2026-11-21 12:00:00 UTC" */
  who: string;
  /** The runs, apart by spaces, one of whose tasks has started this one. */
  within?: string;
}

type LockOptions = Pick<ShellOptions, 'lock' | 'onWait' | 'onUnlocked'>;

/** What a shell needs to take the lock of its host, where one is to be taken. `key` tells the shells of a host apart. */
export function lockOptions(options: ConversationOptions, key: string, generation: number): LockOptions {
  const { lock, target, notice } = options;
  if (!lock) return {};
  const { name, kind, address, port, user } = target;
  const shell = createHash('sha256')
    .update(JSON.stringify([name, kind, address, port, user, key]))
    .digest('hex');
  return {
    lock: { ...lock, shell: shell.slice(0, 16), generation },
    onWait: (holder) =>
      notice(
        holder === ''
          ? 'waiting for what ran there when the connection was lost'
          : `another run changes this host, kprov of ${holder}; waiting until it is through (Ctrl-C leaves)`,
      ),
    onUnlocked: () => notice('there is no flock on this host: it is not kept from being changed by two runs at once'),
  };
}
