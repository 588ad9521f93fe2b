/** So long may work go on before whoever else waits (the terminal, sockets, signals) has his turn: people feel more. */
const LONGEST_MS = 100;

let began = 0;
let turn: Promise<void> | undefined;

/**
 * Undefined, or what is to be waited for before more is done: tasks that ask no host follow one another without a pause
 * of their own, and a million of them would keep the event loop for minutes. To be asked again behind each pause: many
 * have waited for it.
 */
export function breathe(): Promise<void> | undefined {
  const now = performance.now();
  if (!turn) {
    began = now;
    turn = new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    });
  }
  return now - began > LONGEST_MS ? turn : undefined;
}
