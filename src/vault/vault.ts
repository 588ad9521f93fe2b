import { randomBytes } from 'node:crypto';
import { KprovError, type Position } from '../errors/index.js';
import { Keys, open, seal } from './cipher.js';
import { DEFAULT_ID, type Envelope, formatEnvelope, parseEnvelope } from './envelope.js';

/** A password that texts may be encrypted with. */
export interface VaultSecret {
  id: string;
  secret: Buffer;
  /** Where it came from, for messages: a file, a script, the terminal. */
  from: string;
}

export interface VaultOptions {
  secrets?: readonly VaultSecret[];
  /** Only secrets of the id that the text names are tried: ANSIBLE_VAULT_ID_MATCH. Default false. */
  isMatching?: boolean;
  /** Gets what was decrypted, so that it is hidden from then on. */
  onSecret?(text: string): void;
}

/** The secrets of a run and what they open. Every call is synchronous; keys are derived once. */
export class Vault {
  readonly secrets: readonly VaultSecret[];
  readonly #keys = new Keys();
  readonly #isMatching: boolean;
  readonly #onSecret: (text: string) => void;

  constructor({ secrets = [], isMatching = false, onSecret = () => undefined }: VaultOptions = {}) {
    this.secrets = secrets;
    this.#isMatching = isMatching;
    this.#onSecret = onSecret;
  }

  /** Those of the text's own id first; another's may open it all the same, as with Ansible. */
  #candidates(id: string): VaultSecret[] {
    const own = this.secrets.filter((secret) => secret.id === id);
    return this.#isMatching ? own : [...own, ...this.secrets.filter((secret) => secret.id !== id)];
  }

  /** Throws KprovError, with the place and the ids that were tried, where no secret opens it. */
  open(text: string, position?: Position): { plain: Buffer; by: VaultSecret } {
    const envelope = parseEnvelope(text, position);
    for (const by of this.#candidates(envelope.id)) {
      const plain = open(envelope, this.#keys.of(by.secret, envelope.salt));
      if (plain !== undefined) return { plain, by };
    }
    throw this.#notOpened(envelope, position);
  }

  /** The plain bytes. What they say is not hidden by this. Throws as `open`. */
  decrypt(text: string, position?: Position): Buffer {
    return this.open(text, position).plain;
  }

  /** The plain text of a single value, hidden from now on. Throws as `open`. */
  reveal(text: string, position?: Position): string {
    const plain = this.decrypt(text, position).toString('utf8');
    this.#onSecret(plain);
    return plain;
  }

  /** What a text says is hidden from now on. */
  hide(text: string): void {
    this.#onSecret(text);
  }

  /** Derives the keys of texts that are going to be needed, beside the event loop. */
  async prepare(texts: Iterable<string>): Promise<void> {
    await Promise.all(
      [...texts].map(async (text) => {
        let envelope: Envelope;
        try {
          envelope = parseEnvelope(text);
        } catch {
          // Whoever uses it will say so.
          return;
        }
        const { id, salt } = envelope;
        const [first] = this.#candidates(id);
        if (first !== undefined) await this.#keys.prepare(first.secret, salt);
      }),
    );
  }

  /** The text as ansible-vault would write it. */
  encrypt(plain: Buffer, { id, secret }: Pick<VaultSecret, 'id' | 'secret'>, salt: Buffer = randomBytes(32)): string {
    return formatEnvelope({ id, salt, ...seal(plain, this.#keys.of(secret, salt)) });
  }

  #notOpened({ id }: Envelope, position: Position | undefined): KprovError {
    const at = position === undefined ? {} : { position };
    const label = id === DEFAULT_ID ? '' : `${id}@`;
    const fix = `give its password:\n--vault-id ${label === '' ? '' : label}FILE\n--vault-id ${label}prompt`;
    const meant = id === DEFAULT_ID ? 'it names no vault id' : `it was encrypted for the vault id ${id}`;
    if (this.secrets.length === 0) {
      return new KprovError('no-vault-password', 'it is encrypted, and no vault password was given', {
        ...at,
        why: meant,
        fix,
      });
    }
    const tried = this.#candidates(id).map((secret) => `${secret.id} (${secret.from})`);
    return new KprovError('wrong-vault-password', 'Decryption failed: no vault password that was given opens it', {
      ...at,
      why: `${meant}; tried ${tried.length === 0 ? `none, for only its own id counts (given: ${this.secrets.map((s) => s.id).join(', ')})` : tried.join(', ')}`,
      fix,
    });
  }
}
