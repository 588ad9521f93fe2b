import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { KprovError } from '../../../errors/index.js';
import { splitWords } from '../../../tasks/index.js';
import { type Lookup, pythonText, type Variables } from '../../../template/index.js';
import type { Mapping, Value } from '../../../values/index.js';
import { hashPassword, implicitIdent, randomSalt, randomText, saltSizeOf } from './hash.js';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const whitespace = ' \t\n\r\v\f';

/** Python's module `string`. */
const sets: Readonly<Record<string, string>> = {
  ascii_letters: lower + upper,
  ascii_lowercase: lower,
  ascii_uppercase: upper,
  digits,
  hexdigits: `${digits}abcdefABCDEF`,
  octdigits: '01234567',
  punctuation,
  whitespace,
  printable: digits + lower + upper + punctuation + whitespace,
};

const NOWHERE = '/dev/null';

const LONGEST = 1_000_000;

interface Wanted {
  path: string;
  length: number;
  chars: string;
  encrypt: string | undefined;
  ident: string | undefined;
}

const known = ['length', 'encrypt', 'chars', 'ident', 'seed'];

const fail = (message: string, why?: string): never => {
  throw new KprovError('password-lookup', `lookup password: ${message}`, why === undefined ? {} : { why });
};

/** `path length=8 chars=digits`: options at the end of the term. */
function splitTerm(term: string): { path: string; options: Mapping } {
  const words = splitWords(term);
  const at = words.findIndex((word) => known.some((name) => word.startsWith(`${name}=`)));
  if (at < 0) return { path: term, options: {} };
  const options: Mapping = {};
  for (const word of words.slice(at)) {
    const end = word.indexOf('=');
    const name = word.slice(0, end);
    if (end < 1) return fail('Unrecognized value after key=value parameters given to password lookup');
    if (!known.includes(name)) return fail(`Unrecognized parameter(s) given to password lookup: ${name}`);
    options[name] = word.slice(end + 1);
  }
  return { path: words.slice(0, at).join(' '), options };
}

/** `ascii_letters,digits,,`: two commas stand for one. */
function charsOf(value: Value | undefined): string {
  const names =
    value === undefined
      ? ['ascii_letters', 'digits', '.,:-_']
      : Array.isArray(value)
        ? value.map(pythonText)
        : [
            ...(pythonText(value).includes(',,') ? [','] : []),
            ...pythonText(value)
              .replaceAll(',,', ',')
              .split(',')
              .filter((name) => name !== ''),
          ];
  const chars = names
    .map((name) => (Object.hasOwn(sets, name) ? (sets[name] ?? name) : name))
    .join('')
    .replace(/["']/g, '');
  return chars === '' ? fail('no characters to make a password of') : chars;
}

function wantedOf(term: string, kwargs: Mapping, variables: Variables): Wanted {
  const { path, options } = splitTerm(term);
  const all: Mapping = { ...kwargs, ...options };
  for (const name of Object.keys(all)) {
    if (!known.includes(name)) fail(`Unrecognized parameter(s) given to password lookup: ${name}`);
  }
  if (all.seed !== undefined && all.seed !== null) {
    fail("'seed' is not supported", "passwords from Python's random numbers cannot be told beforehand without Python");
  }
  const length = Number(all.length ?? 20);
  if (!Number.isInteger(length) || length < 0) fail(`length is ${pythonText(all.length)}`, 'expected a whole number');
  if (length > LONGEST) fail(`length is ${length}`, `a password has at most ${LONGEST} characters`);
  const text = (value: Value | undefined): string | undefined => (value ? pythonText(value) : undefined);
  const start = variables.get('playbook_dir')?.value;
  const home = path.replace(/^~(?=\/)/, process.env.HOME ?? '~');
  return {
    path: isAbsolute(home) ? home : resolve(typeof start === 'string' ? start : '.', home),
    length,
    chars: charsOf(all.chars ?? undefined),
    encrypt: text(all.encrypt),
    ident: text(all.ident),
  };
}

interface Kept {
  password: string;
  salt?: string;
  ident?: string;
}

/** `password salt=… ident=…`, as Ansible keeps it. */
function parseKept(content: string): Kept {
  const [, password = content, salt, ident] = /^(.*) salt=(.*?)(?: ident=([^ ]*))?$/s.exec(content) ?? [];
  return { password, ...(salt !== undefined && { salt }), ...(ident !== undefined && { ident }) };
}

const formatKept = ({ password, salt, ident }: Kept): string =>
  `${password}${salt === undefined ? '' : ` salt=${salt}`}${ident === undefined ? '' : ` ident=${ident}`}\n`;

/** Ansible's own lock, so that both may run beside each other. */
const lockOf = (path: string): string =>
  join(dirname(path), `${createHash('sha1').update(path).digest('hex')}.ansible_lockfile`);

const LOCK_TRIES = 7;
const TRY_MS = 1000;

const isTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';

const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function locked<T>(path: string, work: () => T): T {
  if (path === NOWHERE) return work();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = lockOf(path);
  for (let tries = 0; ; tries++) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (tries >= LOCK_TRIES) fail('cannot get its lock', `if nobody holds it, remove ${lock}`);
      sleep(TRY_MS);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function keptFor(wanted: Wanted): Kept {
  const { path, encrypt } = wanted;
  const content = path === NOWHERE || !existsSync(path) ? undefined : readFileSync(path, 'utf8').trimEnd();
  const kept: Kept = content === undefined ? { password: randomText(wanted.length, wanted.chars) } : parseKept(content);
  const whole: Kept = { ...kept };
  if (encrypt !== undefined) {
    whole.salt ??= randomSalt(saltSizeOf(encrypt));
    const ident = wanted.ident ?? whole.ident ?? implicitIdent(encrypt);
    if (ident !== undefined) whole.ident = ident;
  }
  if (path !== NOWHERE && (content === undefined || formatKept(whole) !== formatKept(kept))) {
    writeFileSync(path, formatKept(whole), { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  return whole;
}

/** `lookup('password', 'path length=20 chars=… encrypt=…')`: made up once and kept in a file, in clear. */
export const passwordLookup =
  (hide: (secret: string) => void): Lookup =>
  (terms, kwargs, variables) =>
    terms.map((term) => {
      const wanted = wantedOf(pythonText(term), kwargs, variables);
      const { password, salt, ident } = locked(wanted.path, () => keptFor(wanted));
      hide(password);
      return wanted.encrypt === undefined ? password : hashPassword(password, wanted.encrypt, { salt, ident });
    });
