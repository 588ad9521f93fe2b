import { KprovError } from '../../../errors/index.js';
import { type Filter, filter, pythonText, TemplateError } from '../../../template/index.js';
import { hashPassword } from './hash.js';

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : pythonText(value);

function numberOf(value: unknown, name: string): number | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new TemplateError(`password_hash: '${name}' must be a whole number`, { code: 'bad-arguments' });
}

/** `password_hash`. What it hashes is hidden from then on. */
export const passwordFilters = (hide: (secret: string) => void): Record<string, Filter> => ({
  password_hash: filter('hashtype salt salt_size rounds ident', (value, [scheme, salt, size, rounds, ident]) => {
    const password = pythonText(value);
    hide(password);
    try {
      return hashPassword(password, textOf(scheme) ?? 'sha512', {
        salt: textOf(salt),
        saltSize: numberOf(size, 'salt_size'),
        rounds: numberOf(rounds, 'rounds'),
        ident: textOf(ident),
      });
    } catch (error) {
      if (!(error instanceof KprovError)) throw error;
      throw new TemplateError(error.message, {
        code: error.code,
        ...(error.why !== undefined && { why: error.why }),
      });
    }
  }),
});
