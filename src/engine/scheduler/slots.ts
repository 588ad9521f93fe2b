/** `forks`: how many hosts may have work under way at the same time. A host that only waits holds no slot. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

/** `throttle` of a task: a place for so many hosts at a time. */
export class Throttle {
  readonly #slots: Slots;
  readonly #holders: string[] = [];

  constructor(count: number) {
    this.#slots = new Slots(count);
  }

  /** Whoever has held a place for longest, where none is free. */
  get holder(): string | undefined {
    return this.#holders[0];
  }

  async acquire(host: string): Promise<void> {
    await this.#slots.acquire();
    this.#holders.push(host);
  }

  release(host: string): void {
    this.#holders.splice(this.#holders.indexOf(host), 1);
    this.#slots.release();
  }
}
