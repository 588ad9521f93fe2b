import { Buffer } from 'node:buffer';
import { bytesOfText } from './any-bytes.js';
import { escapePattern } from './escape-pattern.js';
import { Float } from './float.js';

export const MASK = '********';

/** Shorter secrets would mask half of every text; they are still never printed by name. */
const SHORTEST = 4;

/** As Python has it in URLs. */
const percented = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/[^\w.~-]/g, (sign) => `%${Buffer.from(sign, 'latin1').toString('hex').toUpperCase()}`);

/** In the middle of a longer text that is in base64: the signs that are made of nothing else, wherever it begins. */
function withinBase64(secret: Buffer): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), secret])
      .toString('base64')
      .slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6)),
  );
}

/** The forms a secret can take on its way: as it is, in base64, in a URL, in JSON, between the quotes of a shell or of YAML. */
function disguises(secret: string): string[] {
  const bytes = bytesOfText(secret);
  const base64 = [bytes.toString('base64'), ...withinBase64(bytes)];
  const url = percented(bytes);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    url,
    url.replaceAll('%2F', '/'),
    url.replaceAll('%20', '+'),
    // As JavaScript has it.
    url.replace(/%(?:21|27|28|29|2A)/g, decodeURIComponent),
    json,
    JSON.stringify(json).slice(1, -1),
    json.replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    secret.replace(/[^\w@%+=:,./\n\u0080-\uffff-]/g, '\\$&'),
    secret.replace(/["$`\\]/g, '\\$&'),
    secret.replaceAll("'", "''"),
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
      for (const form of disguises(text)) if (form.length >= SHORTEST) this.#forms.add(form);
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
