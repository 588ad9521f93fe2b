const maxBytes = 400;

/** What a command printed last, and when: for the message about one that hangs. */
export class LastWords {
  readonly #began = performance.now();
  #last: { text: string; at: number } | undefined;

  hear(chunk: Buffer): void {
    const said = chunk.subarray(-maxBytes).toString();
    // The end of a line may come long after it, with what follows it.
    const at = said.trim() === '' && this.#last ? this.#last.at : performance.now();
    this.#last = { text: ((this.#last?.text ?? '') + said).slice(-maxBytes), at };
  }

  tell(): string {
    const last = this.#last?.text.trimEnd().split('\n').at(-1)?.trim();
    const seconds = Math.round((performance.now() - (this.#last?.at ?? this.#began)) / 1000);
    if (last === undefined || last === '') return `it printed nothing in ${seconds} s`;
    return `its last output, ${seconds} s earlier: ${last.slice(-200)}`;
  }
}
