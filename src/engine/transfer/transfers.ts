import { performance } from 'node:perf_hooks';
import PQueue from 'p-queue';
import type { Upload } from '../../tasks/index.js';
import { isLarge } from '../../values/index.js';
import { Blocks } from './blocks.js';
import { Trial } from './choose-encoding.js';
import { Relay } from './relay.js';

/** Enough to keep this side busy where hosts are near. Those that are through check their file meanwhile. */
const FEWEST = 6;
/** Each holds a few MiB; more at once would only share the same wire. */
const MOST = 16;
/** Below this share of its time this side waits for the wire, and more hosts at once may use more of it. */
const BUSY = 0.7;
const LOOK_MS = 500;
/** Smaller files are not worth the logins that handing on takes. */
const HANDED_ON_BYTES = 8 * 1024 * 1024;

/** What the transfers of a run share: how many there are at once, what was read and compressed, how fast it went. */
export class Transfers {
  readonly blocks = new Blocks();
  readonly #queue = new PQueue({ concurrency: FEWEST });
  readonly #trials = new Map<string, Trial>();
  readonly #handsOn: boolean;
  readonly #relays = new Map<string, Relay>();
  readonly #directMs = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ handsOn = false }: { handsOn?: boolean } = {}) {
    this.#handsOn = handsOn;
  }

  /** How hosts hand this file on to each other; undefined where they must not, or where it is not worth it. */
  relayOf({ content, isPublic }: Upload): Relay | undefined {
    if (!this.#handsOn || isPublic !== true || !isLarge(content) || content.size < HANDED_ON_BYTES) return undefined;
    const relay = this.#relays.get(content.sha256) ?? new Relay();
    this.#relays.set(content.sha256, relay);
    return relay;
  }

  /** The longest that the content has taken from here. */
  noteDirect(content: string, ms: number): void {
    this.#directMs.set(content, Math.max(ms, this.#directMs.get(content) ?? 0));
  }

  directMs(content: string): number | undefined {
    return this.#directMs.get(content);
  }

  /** Waits for its turn, then works. Throws the signal's reason when aborted. */
  one<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const done = this.#queue.add(work, { signal });
    this.#watch();
    return done;
  }

  /** How the content is best sent, as far as it is known. */
  trialOf(content: string): Trial {
    const trial = this.#trials.get(content) ?? new Trial();
    this.#trials.set(content, trial);
    return trial;
  }

  /** While some wait although this side has time, more are let in. */
  #watch(): void {
    if (this.#timer) return;
    let before = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      if (this.#queue.size > 0 && utilization < BUSY) {
        this.#queue.concurrency = Math.min(MOST, this.#queue.concurrency + 2);
      }
      if (this.#queue.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    }, LOOK_MS).unref();
  }
}
