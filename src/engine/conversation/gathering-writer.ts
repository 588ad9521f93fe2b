import { renderSteps } from '../../shell/index.js';
import type { Channel } from '../../transport/index.js';
import { bytesOfText } from '../../values/index.js';

/** As much as an SSH server commonly takes in one packet; more than this is sent without waiting for the rest. */
const mostGathered = 32 * 1024;

/**
 * Gathers what is written in one turn of the event loop: steps that are worked out one after the other leave together,
 * as one packet and one system call instead of one each.
 */
export class GatheringWriter {
  readonly #channel: Pick<Channel, 'write'>;
  #parts: { text: string; looks?: readonly string[] | undefined }[] = [];
  #length = 0;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(channel: Pick<Channel, 'write'>) {
    this.#channel = channel;
  }

  /** `looks` as in Step. */
  write(text: string, looks?: readonly string[]): void {
    if (this.#parts.length === 0) setImmediate(() => this.flush());
    this.#parts.push({ text, looks });
    this.#length += text.length;
    if (this.#length >= mostGathered) this.flush();
  }

  flush(): void {
    if (this.#parts.length === 0) return;
    const text = renderSteps(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#writing = this.#channel.write(bytesOfText(text)).catch(() => undefined);
  }

  /** Resolves when there is room for more: at once while nothing has gone out yet. */
  async drained(): Promise<void> {
    await this.#writing;
  }
}
