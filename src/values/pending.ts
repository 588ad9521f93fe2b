/**
 * Thrown by an evaluation that touched a value which is still on its way: a registered result, a fact, another
 * host's variable. The catcher waits for `ready` and evaluates again. Evaluations must therefore be pure.
 */
export class Pending extends Error {
  /** Settles when the evaluation may be tried again; rejects when the value will never come. */
  readonly ready: Promise<unknown>;

  /** The host that has to get further first, where it is another one's value. */
  readonly on: string | undefined;

  constructor(what: string, ready: Promise<unknown>, on?: string) {
    super(`${what} is not known yet`);
    this.name = 'Pending';
    this.ready = ready;
    this.on = on;
  }
}
