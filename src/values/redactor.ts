import { Buffer } from 'node:buffer';
import { Float } from './float.js';

export const MASK = '********';

/** Shorter secrets would mask half of every text; they are still never printed by name. */
const SHORTEST = 4;

import { escapePattern } from './escape-pattern.js';

/** The forms a secret can take on its way: as it is, in base64, in a URL, in JSON, between single quotes of a shell. */
function disguises(secret: string): string[] {
  return [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", `'\\''`),
  ];
}

/** Knows every secret of a run by value and masks it in whatever is about to be shown or stored. */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** Registers a secret; each line of a multi-line one counts on its own as well. */
  add(secret: string): void {
    for (const part of [secret, ...secret.split('\n')]) {
      const text = part.trim();
      if (text.length < SHORTEST || this.#forms.has(text)) continue;
      for (const form of disguises(text)) this.#forms.add(form);
      this.#pattern = undefined;
    }
  }

  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#forms]
        .sort((a, b) => b.length - a.length)
        .map(escapePattern)
        .join('|'),
      'g',
    );
    return text.replace(this.#pattern, MASK);
  }

  /** `mask` for every string inside a JSON-like value, keys included. */
  maskValue<T>(value: T): T;
  maskValue(value: unknown): unknown {
    if (this.#forms.size === 0) return value;
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.maskValue(item));
    if (typeof value === 'object' && value !== null && !(value instanceof Float)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.mask(key), this.maskValue(item)]));
    }
    return value;
  }
}
