import { KprovError, type Position } from '../errors/index.js';

/** What every text of ansible-vault begins with. */
export const HEADER = '$ANSIBLE_VAULT';

/** The id of a secret that was given without one. */
export const DEFAULT_ID = 'default';

/** The parts of an encrypted text: formats 1.1 and 1.2 (with an id), cipher AES256. */
export interface Envelope {
  id: string;
  salt: Buffer;
  /** HMAC-SHA256 of `ciphertext`. */
  signature: Buffer;
  ciphertext: Buffer;
}

export const isVaulted = (text: string): boolean => text.startsWith(HEADER);

const LINE = 80;

/** The encrypted text as ansible-vault writes it, with a newline at its end. An id makes it format 1.2. */
export function formatEnvelope({ id, salt, signature, ciphertext }: Envelope): string {
  const header = id === DEFAULT_ID ? `${HEADER};1.1;AES256` : `${HEADER};1.2;AES256;${id}`;
  const inner = [salt, signature, ciphertext].map((part) => part.toString('hex')).join('\n');
  const body = Buffer.from(inner).toString('hex');
  const lines = body.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `${[header, ...lines].join('\n')}\n`;
}

function unhex(text: string, fail: (why: string) => never): Buffer {
  if (text.length % 2 !== 0 || !/^[\da-f]*$/i.test(text)) fail('it holds something else than hexadecimal digits');
  return Buffer.from(text, 'hex');
}

/** Reads an encrypted text. Throws KprovError for anything that ansible-vault would not have written. */
export function parseEnvelope(text: string, position?: Position): Envelope {
  const at = position === undefined ? {} : { position };
  const fail = (why: string): never => {
    throw new KprovError('bad-vault-text', 'a damaged text of ansible-vault', { ...at, why });
  };
  const [first = '', ...rest] = text.trim().split(/\r?\n/);
  const [magic, version, cipher, id] = first.trim().split(';');
  if (magic !== HEADER) {
    throw new KprovError('not-vaulted', 'this is no text encrypted with ansible-vault', {
      ...at,
      why: `such a text begins with ${HEADER}`,
    });
  }
  if (cipher !== 'AES256' || (version !== '1.1' && version !== '1.2')) {
    throw new KprovError('unsupported-vault', `an encrypted text of format ${version ?? '?'}, ${cipher ?? '?'}`, {
      ...at,
      why: 'formats 1.1 and 1.2 with AES256 are read',
      fix: 'encrypt it anew with a newer ansible-vault (rekey)',
    });
  }
  const inner = unhex(rest.map((line) => line.trim()).join(''), fail).toString('latin1');
  const parts = inner.split('\n');
  if (parts.length !== 3) fail(`expected salt, signature and ciphertext, found ${parts.length} parts`);
  const [salt, signature, ciphertext] = parts.map((part) => unhex(part, fail));
  if (salt === undefined || signature === undefined || ciphertext === undefined) return fail('a part is missing');
  return { id: version === '1.2' && id ? id.trim() : DEFAULT_ID, salt, signature, ciphertext };
}
