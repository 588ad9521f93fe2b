import { Writable } from 'node:stream';
import type { OncePrompts } from '../engine/variables/interaction.js';

/** Asks at the terminal, one question after the other; a secret answer is not shown. */
export function terminalPrompts(): OncePrompts {
  let turn: Promise<unknown> = Promise.resolve();
  const ask: OncePrompts['ask'] = async (question, options) => {
    if (!process.stdin.isTTY) return undefined;
    // Loaded here, because most runs ask nothing.
    const { createInterface } = await import('node:readline');
    return new Promise((resolve) => {
      const output = new Writable({
        write: (chunk, _encoding, done) => {
          if (!options.secret) process.stderr.write(chunk);
          done();
        },
      });
      process.stderr.write(question);
      const reader = createInterface({ input: process.stdin, output, terminal: true });
      const stop = () => reader.close();
      options.signal.addEventListener('abort', stop, { once: true });
      let answer: string | undefined;
      reader.once('line', (line) => {
        answer = line;
        reader.close();
      });
      reader.once('SIGINT', () => {
        reader.close();
        process.kill(process.pid, 'SIGINT');
      });
      reader.once('close', () => {
        options.signal.removeEventListener('abort', stop);
        if (options.secret) process.stderr.write('\n');
        resolve(answer);
      });
    });
  };
  return {
    ask: (question, options) => {
      const next = turn.then(() => ask(question, options));
      turn = next;
      return next;
    },
  };
}
