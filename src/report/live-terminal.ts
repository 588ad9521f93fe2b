/** What erases the frame that is on the screen, as log-update writes it. */
const erase = (lines: number): string => `${'\u001b[2K\u001b[1A'.repeat(Math.max(0, lines - 1))}\u001b[2K\u001b[G`;
const erasing = /^(?:\u001b\[2K(?:\u001b\[1A)?)*\u001b\[G/;

/**
 * The terminal as the live tree writes to it, frame by frame. Keeps the present frame in mind, so that other text can be
 * put above it, and a question can take its place for a while.
 */
export class LiveTerminal {
  readonly #stdout: NodeJS.WriteStream;
  #frame = '';
  #held = false;

  constructor(stdout: NodeJS.WriteStream) {
    this.#stdout = stdout;
  }

  get columns(): number {
    return this.#stdout.columns || 80;
  }

  get rows(): number {
    return this.#stdout.rows || 24;
  }

  /** A frame of log-update: what erases the one before, and the new one. */
  readonly write = (chunk: string): boolean => {
    this.#frame = chunk.replace(erasing, '');
    if (!this.#held) this.#stdout.write(chunk);
    return true;
  };

  /** Whole lines that stay, above the frame. */
  above(text: string): void {
    if (this.#held || this.#frame === '') {
      this.#stdout.write(text);
      return;
    }
    this.#stdout.write(`${erase(this.#lines)}${text}${this.#frame}`);
  }

  /** Takes the frame away until `ask` is done. */
  async aside<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#frame !== '') this.#stdout.write(erase(this.#lines));
    this.#held = true;
    try {
      return await ask();
    } finally {
      this.#held = false;
      this.#stdout.write(this.#frame);
    }
  }

  get #lines(): number {
    return this.#frame.split('\n').length;
  }
}
