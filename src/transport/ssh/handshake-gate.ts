import PQueue from 'p-queue';

/** sshd refuses at random from the tenth connection that is not logged in yet (MaxStartups 10:30:100). */
const MOST_HANDSHAKES = 8;

/** The server dropped us before it knew who we are, as it does with too many at once. Worth another try. */
export class Dropped extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Dropped';
  }
}

/**
 * Limits the connections to one server that are not logged in yet. Each time it drops some, half as many are tried at
 * once; after a number of successes one more.
 */
export class HandshakeGate {
  readonly #queue = new PQueue({ concurrency: MOST_HANDSHAKES });
  #generation = 0;
  #successes = 0;

  get limit(): number {
    return this.#queue.concurrency;
  }

  /** Waits for its turn, then works. Throws the signal's reason when aborted. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#queue.add(() => this.#watch(work), { signal });
  }

  async #watch<T>(work: () => Promise<T>): Promise<T> {
    // Those that set out together and were dropped together are one sign, not many.
    const generation = this.#generation;
    try {
      const result = await work();
      this.#succeed();
      return result;
    } catch (error) {
      if (error instanceof Dropped && generation === this.#generation) this.#slowDown();
      throw error;
    }
  }

  #slowDown(): void {
    this.#generation++;
    this.#successes = 0;
    this.#queue.concurrency = Math.max(1, Math.floor(this.limit / 2));
  }

  #succeed(): void {
    this.#successes++;
    if (this.#successes < 2 * this.limit || this.limit >= MOST_HANDSHAKES) return;
    this.#successes = 0;
    this.#queue.concurrency = this.limit + 1;
  }
}

/** The pause before the next try, random so that many do not come back at once. `random` is from 0 to 1. */
export function pauseMs(failures: number, random: number): number {
  const longest = Math.min(1000, 100 * 2 ** Math.min(failures, 10));
  return longest * (0.5 + random / 2);
}
