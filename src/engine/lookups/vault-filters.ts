import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { type Filter, filter, pythonText, TemplateError } from '../../template/index.js';
import { readVaultedArgument, type Vaulted } from '../../values/index.js';
import { isVaulted, Vault } from '../../vault/index.js';

const FILTER_ID = 'filter_default';

function secretOf(value: unknown, user: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  throw new TemplateError(`${user}: the secret must be text`, { code: 'bad-arguments' });
}

const idOf = (value: unknown): string => (typeof value === 'string' ? value : FILTER_ID);

/** `vault` and `unvault`, which take their secret as an argument, and what stands behind `!vault`. */
export function vaultFilters(vault: Vault): Record<string, Filter> {
  return {
    vaulted: filter('', (value) => {
      const { envelope, position } = vaultedOf(value);
      return vault.reveal(envelope, position);
    }),
    vault: filter('secret salt vault_id wrap_object vaultid', (value, [secret, salt, id, wrap, oldId]) => {
      if (typeof value !== 'string') {
        throw new TemplateError('vault: only text can be encrypted', { code: 'bad-arguments' });
      }
      if (wrap !== undefined && wrap !== false) {
        throw new TemplateError("vault: 'wrap_object' is not supported", {
          code: 'unsupported-argument',
          why: 'an encrypted value inside a template is plain text here',
        });
      }
      const by = { id: idOf(id ?? oldId), secret: secretOf(secret, 'vault') };
      return vault.encrypt(
        Buffer.from(value),
        by,
        salt === undefined || salt === null ? undefined : Buffer.from(pythonText(salt)),
      );
    }),
    unvault: filter('secret vault_id vaultid', (value, [secret, id, oldId]) => {
      if (typeof value !== 'string') {
        throw new TemplateError('unvault: only text can be decrypted', { code: 'bad-arguments' });
      }
      const own = secretOf(secret, 'unvault');
      if (!isVaulted(value)) return value;
      const [by] = [{ id: idOf(id ?? oldId), secret: own, from: 'the secret of the filter' }];
      const plain = opened(new Vault({ secrets: [by] }), value);
      vault.hide(plain);
      return plain;
    }),
  };
}

function opened(vault: Vault, text: string): string {
  try {
    return vault.decrypt(text).toString('utf8');
  } catch (error) {
    if (!(error instanceof KprovError)) throw error;
    throw new TemplateError(`unvault: unable to decrypt: ${error.message}`, { code: error.code });
  }
}

/** Nobody but the YAML reader writes this filter. */
function vaultedOf(value: unknown): Vaulted {
  try {
    return readVaultedArgument(String(value));
  } catch {
    throw new TemplateError("the filter 'vaulted' is for encrypted values only: mark the value `!vault`");
  }
}
