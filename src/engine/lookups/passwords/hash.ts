import { randomInt } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { KprovError } from '../../../errors/index.js';
import { crypt64Digits } from './crypt64.js';
import { md5Crypt } from './md5-crypt.js';
import { shaCrypt } from './sha-crypt.js';

export interface HashOptions {
  salt?: string | undefined;
  /** Characters of a salt that is made up. */
  saltSize?: number | undefined;
  rounds?: number | undefined;
  /** Version of bcrypt: 2, 2a, 2b, 2y. */
  ident?: string | undefined;
}

interface Scheme {
  saltSize: number;
  /** True where a salt has that many characters, no fewer. */
  isExact: boolean;
  rounds?: number;
  leastRounds?: number;
  mostRounds?: number;
  ident?: string;
  hash(password: string, salt: string, options: { rounds: number; ident: string }): string;
}

const BCRYPT_BYTES = 72;

function bcrypt(password: string, salt: string, { rounds, ident }: { rounds: number; ident: string }): string {
  if (!['2', '2a', '2b', '2y'].includes(ident)) fail(`bcrypt has no version ${ident}`);
  // The versions differ in how old programs erred, which this one does not; the text names the one that was asked for.
  const cost = String(rounds).padStart(2, '0');
  return `$${ident}$${hashSync(password, `$2b$${cost}$${salt}`).slice('$2b$'.length)}`;
}

function sha(algorithm: 'sha256' | 'sha512', id: string): Scheme['hash'] {
  // passlib, which Ansible uses, writes the rounds unless they are the 5000 that crypt(3) has without any.
  return (password, salt, { rounds }) =>
    `$${id}$${rounds === 5000 ? '' : `rounds=${rounds}$`}${salt}$${shaCrypt(algorithm, password, salt, rounds)}`;
}

/** The schemes that Ansible has with and without passlib, and passlib's defaults as Ansible sets them. */
const schemes: Readonly<Record<string, Scheme>> = {
  md5_crypt: { saltSize: 8, isExact: false, hash: (password, salt) => `$1$${salt}$${md5Crypt(password, salt)}` },
  bcrypt: { saltSize: 22, isExact: true, rounds: 12, leastRounds: 4, mostRounds: 31, ident: '2b', hash: bcrypt },
  sha256_crypt: {
    saltSize: 16,
    isExact: false,
    rounds: 535_000,
    leastRounds: 1000,
    mostRounds: 999_999_999,
    hash: sha('sha256', '5'),
  },
  sha512_crypt: {
    saltSize: 16,
    isExact: false,
    rounds: 656_000,
    leastRounds: 1000,
    mostRounds: 999_999_999,
    hash: sha('sha512', '6'),
  },
};

const shortNames: Readonly<Record<string, string>> = {
  md5: 'md5_crypt',
  blowfish: 'bcrypt',
  sha256: 'sha256_crypt',
  sha512: 'sha512_crypt',
};

function fail(message: string, why?: string): never {
  throw new KprovError('bad-hash', message, why === undefined ? {} : { why });
}

/** Schemes of passlib that are none of /etc/shadow's, or take more than a password. Ansible tells them from what nobody knows. */
const otherSchemes = new Set(
  `apr_md5_crypt argon2 atlassian_pbkdf2_sha1 bcrypt_sha256 bigcrypt bsd_nthash bsdi_crypt cisco_asa cisco_pix cisco_type7
   crypt16 cta_pbkdf2_sha1 des_crypt dlitz_pbkdf2_sha1 fshp grub_pbkdf2_sha512 hex_md4 hex_md5 hex_sha1 hex_sha256
   hex_sha512 htdigest lmhash msdcc msdcc2 mssql2000 mssql2005 mysql323 mysql41 nthash oracle10 oracle11 pbkdf2_sha1
   pbkdf2_sha256 pbkdf2_sha512 phpass plaintext postgres_md5 scram scrypt sha1_crypt sun_md5_crypt unix_disabled`.split(
    /\s+/,
  ),
);

function failOn(scheme: string): never {
  if (otherSchemes.has(scheme)) {
    fail(`${scheme} is not in the list of supported passlib algorithms: ${Object.keys(shortNames).join(', ')}`);
  }
  fail(
    `there is no hash scheme ${scheme}: passlib does not support it`,
    `there are ${Object.keys(schemes).join(', ')}`,
  );
}

export const randomText = (length: number, characters: string): string =>
  Array.from({ length }, () => characters[randomInt(characters.length)]).join('');

export const randomSalt = (length: number): string => randomText(length, crypt64Digits);

export const implicitIdent = (scheme: string): string | undefined =>
  Object.hasOwn(schemes, scheme) ? schemes[scheme]?.ident : undefined;

/** Characters of a salt of the scheme; 8 for one that is not known. */
export const saltSizeOf = (scheme: string): number =>
  (Object.hasOwn(schemes, scheme) ? schemes[scheme]?.saltSize : undefined) ?? 8;

/** What takes longer than about ten seconds is a mistake, and nobody could interrupt it. bcrypt's are powers of two. */
const mostTried = (name: string): number => (name === 'bcrypt' ? 16 : 10_000_000);

/** What was worked out for a salt that was given: hundreds of thousands of rounds take a second. */
const known = new Map<string, string>();

/** The password as /etc/shadow has it. Throws KprovError for what cannot be meant. */
export function hashPassword(password: string, scheme: string, options: HashOptions = {}): string {
  const name = Object.hasOwn(shortNames, scheme) ? (shortNames[scheme] ?? scheme) : scheme;
  const found = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  if (found === undefined) return failOn(scheme);
  const { saltSize, isExact, leastRounds = 0, mostRounds = 0 } = found;
  const salt = options.salt || randomSalt(isExact ? saltSize : (options.saltSize ?? saltSize));
  if (/[^./0-9A-Za-z]/.test(salt)) fail('invalid characters in salt', 'a salt has letters, digits, . and /');
  if (salt.length > saltSize || (isExact && salt.length !== saltSize)) {
    fail(
      'invalid salt size',
      `${name} has ${isExact ? '' : 'at most '}${saltSize} characters of salt, not ${salt.length}`,
    );
  }
  const rounds = options.rounds || found.rounds || 0;
  if (found.rounds !== undefined && (rounds < leastRounds || rounds > mostRounds)) {
    fail(`${name} has between ${leastRounds} and ${mostRounds} rounds, not ${rounds}`);
  }
  if (rounds > mostTried(name))
    fail(`${rounds} rounds of ${name} take too long`, `at most ${mostTried(name)} are worked out`);
  if (name === 'bcrypt' && Buffer.byteLength(password) > BCRYPT_BYTES) {
    fail(`bcrypt hashes at most ${BCRYPT_BYTES} bytes of a password`);
  }
  const ident = options.ident || found.ident || '';
  const key = JSON.stringify([password, name, salt, rounds, ident]);
  const hash = known.get(key) ?? found.hash(password, salt, { rounds, ident });
  if (options.salt) known.set(key, hash);
  return hash;
}
