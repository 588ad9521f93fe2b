import { type Context, createContext, Script } from 'node:vm';
import { KprovError } from '../errors/index.js';

/** A search that takes longer has met a text of which it tries every way to cut it into pieces: it may take years. */
const LIMIT_MS = 350;

/** A long text has its time, too: a busy machine reads many times as many characters. */
const CHARACTERS_PER_MS = 5000;

/** So many steps are a matter of milliseconds. */
const FEW_STEPS = 5e7;

const script = new Script('act()');
let context: Context | undefined;
let isTimed = false;

/** V8 looks whether it is to stop whenever an expression goes back; no other clock of the language reaches it there. */
function withinTime<T>(text: string, act: () => T): T {
  if (isTimed) return act();
  context ??= createContext(Object.create(null));
  let result: T[] = [];
  isTimed = true;
  try {
    context.act = () => {
      result = [act()];
    };
    script.runInContext(context, { timeout: LIMIT_MS + Math.floor(text.length / CHARACTERS_PER_MS) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new KprovError('endless-regex', 'the regular expression does not come to an end on this text', {
      fix: 'a group with a repetition in it that is itself repeated, like (a+)+, has too many ways to match: write it simpler',
      cause: error,
    });
  } finally {
    isTimed = false;
  }
  return result[0] as T;
}

/**
 * An expression of the user's, which may be such that a text of a host holds it up for ever: then it throws KprovError
 * after a third of a second (a text of megabytes has longer). Short texts and plain expressions pay nothing for that.
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

  /** Does something with the expression and a text in that time: many searches at once cost no more than one. */
  within<T>(text: string, act: () => T): T {
    if (this.#repeats === 0) return act();
    const isShort = this.#isNested ? text.length < 12 : text.length ** Math.min(this.#repeats + 1, 8) < FEW_STEPS;
    return isShort ? act() : withinTime(text, act);
  }

  override exec(text: string): RegExpExecArray | null {
    return this.within(text, () => super.exec(text));
  }
}
