import { Pending } from './pending.js';

/**
 * Thrown by an evaluation in check mode that touched what only a real run would bring: the output of a command that
 * was left out, a fact of a package that is not installed. It passes wherever Pending passes; the task that needs
 * the value is reported as `unknown`.
 */
export class Unknowable extends Pending {
  readonly reason: string;

  constructor(reason: string) {
    const never = Promise.reject(new Error(reason));
    never.catch(() => undefined);
    super(reason, never);
    this.name = 'Unknowable';
    this.reason = reason;
  }
}
