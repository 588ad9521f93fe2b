import { type Context, createContext, Script } from 'node:vm';
import { KprovError } from '../errors/index.js';

/** A search that takes longer has met a text of which it tries every way to cut it into pieces: it may take years. */
const LIMIT_MS = 200;

/** A long text has its time, too. */
const CHARACTERS_PER_MS = 5000;

/** So many steps are a matter of milliseconds. */
const FEW_STEPS = 5e7;

const script = new Script('act()');
let context: Context | undefined;
let isTimed = false;

const processorMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

/** False: it has not come to its end in so many milliseconds. */
function ended(limit: number, act: () => void): boolean {
  context ??= createContext(Object.create(null));
  context.act = act;
  isTimed = true;
  try {
    script.runInContext(context, { timeout: limit });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return false;
  } finally {
    isTimed = false;
  }
}

/** What was given up before is not tried again. */
const givenUp = new Set<string>();
const LONGEST_KNOWN = 10_000;

/**
 * V8 looks whether it is to stop whenever an expression goes back; no other clock of the language reaches it there. That
 * one goes on while others have the processor: who has had too little of it begins again, with as much more time.
 */
function withinTime<T>(regex: RegExp, text: string, act: () => T): T {
  if (isTimed) return act();
  const key = text.length > LONGEST_KNOWN ? undefined : `${regex}\n${text}`;
  const enough = LIMIT_MS + Math.floor(text.length / CHARACTERS_PER_MS);
  for (let limit = enough; key === undefined || !givenUp.has(key); ) {
    const began = process.cpuUsage();
    const results: T[] = [];
    if (ended(Math.ceil(limit), () => results.push(act()))) return results[0] as T;
    const took = processorMs(began);
    if (took < 0.9 * enough) limit *= Math.min(10, enough / Math.max(1, took));
    else if (key === undefined) break;
    else givenUp.add(key);
  }
  throw new KprovError('endless-regex', 'the regular expression does not come to an end on this text', {
    fix: 'a group with a repetition in it that is itself repeated, like (a+)+, has too many ways to match: write it simpler',
  });
}

/**
 * An expression of the user's, which may be such that a text of a host holds it up for ever: then it throws KprovError
 * after a fifth of a second (a text of megabytes has longer). Short texts and plain expressions pay nothing for that.
 */
export class BoundedRegExp extends RegExp {
  readonly #repeats: number;
  readonly #isNested: boolean;

  constructor(pattern: string | RegExp, flags?: string) {
    super(pattern, flags);
    const bare = this.source.replace(/\\[\s\S]/g, '');
    this.#repeats = bare.split(/[*+{]/).length - 1;
    this.#isNested = /\)[*+{]/.test(bare) && (this.#repeats > 1 || bare.includes('|'));
  }

  /** Does something with the expression and a text in that time, perhaps twice: many searches at once cost no more than one. */
  within<T>(text: string, act: () => T): T {
    if (this.#repeats === 0) return act();
    const isShort = this.#isNested ? text.length < 12 : text.length ** Math.min(this.#repeats + 1, 8) < FEW_STEPS;
    return isShort ? act() : withinTime(this, text, act);
  }

  override exec(text: string): RegExpExecArray | null {
    return this.within(text, () => super.exec(text));
  }
}
