/** Output on its way: what is said in one turn of the event loop leaves in one write. */
export interface Gathered {
  write(text: string): void;
  /** Writes what is held: before anything else is written to the same place, and at the end. */
  flush(): void;
}

/** With fifty hosts a thousand lines are said in a second, each of which would cost a system call. */
export function gathered(write: (text: string) => void): Gathered {
  let held = '';
  const flush = (): void => {
    if (held === '') return;
    const text = held;
    held = '';
    write(text);
  };
  return {
    write: (text) => {
      if (held === '' && text !== '') setImmediate(flush);
      held += text;
    },
    flush,
  };
}
