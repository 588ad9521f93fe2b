/** The time one host may take to be reached. It only runs while something is being done for that host. */
export class AttemptClock {
  readonly limitMs: number;
  readonly #expired = new AbortController();
  #leftMs: number;
  #startedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
    this.#leftMs = limitMs;
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#expired.signal;
  }

  start(): void {
    if (this.#startedAt !== undefined || this.signal.aborted) return;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.#expired.abort(), this.#leftMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#startedAt === undefined) return;
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedAt));
    this.#startedAt = undefined;
  }

  /** Runs the work with the clock stopped, as it was before afterwards. */
  async whileStopped<T>(work: () => Promise<T>): Promise<T> {
    const wasRunning = this.#startedAt !== undefined;
    this.stop();
    try {
      return await work();
    } finally {
      if (wasRunning) this.start();
    }
  }

  /** Runs the work with the clock going. */
  async whileRunning<T>(work: () => Promise<T>): Promise<T> {
    this.start();
    try {
      return await work();
    } finally {
      this.stop();
    }
  }
}
