import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passwordLookup } from '../../../../src/engine/lookups/passwords/lookup.js';
import type { Variables } from '../../../../src/template/index.js';
import type { Mapping } from '../../../../src/values/index.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-password-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const hidden: string[] = [];
const lookup = passwordLookup((text) => hidden.push(text));
const variables: Variables = {
  get: (name) => (name === 'playbook_dir' ? { value: directory, template: false } : undefined),
  names: () => [],
};
const ask = (term: string, kwargs: Mapping = {}) => String(Object.values(lookup([term], kwargs, variables))[0]);

test('a password is made up once, kept for its owner only in a directory that is made, and hidden', () => {
  const password = ask('secrets/db');
  expect(password).toMatch(/^[\w.,:-]{20}$/);
  expect(ask('secrets/db')).toBe(password);
  const file = join(directory, 'secrets/db');
  expect(readFileSync(file, 'utf8')).toBe(`${password}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(directory, 'secrets'))).toEqual(['db']);
  expect(hidden).toContain(password);
});

test.each([
  ['a length=8', {}, /^.{8}$/],
  ['a length=50 chars=digits', {}, /^\d{50}$/],
  ['a chars=ascii_lowercase,XY,,', {}, /^[a-z,XY]{20}$/],
  ['a', { chars: ['hexdigits'], length: 12 }, /^[\da-fA-F]{12}$/],
  ['with blanks length=3', {}, /^.{3}$/],
  ['/dev/null length=6', {}, /^.{6}$/],
])('%s %j', (term, kwargs, expected) => {
  expect(ask(term, kwargs as Mapping)).toMatch(expected);
});

test('/dev/null keeps nothing', () => {
  expect(ask('/dev/null')).not.toBe(ask('/dev/null'));
});

test('with encrypt the hash stays the same, since the salt is kept', () => {
  const hash = ask('p encrypt=md5_crypt');
  expect(hash).toMatch(/^\$1\$.{8}\$/);
  expect(ask('p encrypt=md5_crypt')).toBe(hash);
  expect(readFileSync(join(directory, 'p'), 'utf8')).toMatch(/^.{20} salt=.{8}\n$/);
});

test('a file that Ansible kept is read', () => {
  writeFileSync(join(directory, 'p'), 'hello salt=12345678\n');
  expect(ask('p')).toBe('hello');
  expect(ask('p encrypt=md5_crypt')).toMatch(/^\$1\$12345678\$/);
  writeFileSync(join(directory, 'q'), 'hello salt=1234567890123456789012 ident=2a\n');
  expect(ask('q', { encrypt: 'bcrypt' })).toMatch(/^\$2a\$12\$/);
});

test('an existing file is not made longer, and an empty one is an empty password', () => {
  writeFileSync(join(directory, 'p'), '');
  expect(ask('p length=8')).toBe('');
});

test.each([
  ['a seed=x', "'seed' is not supported"],
  ['a length=x', 'length is x'],
  ['a length=1000000000', 'length is 1000000000'],
  ['a length=8 nonsense', 'Unrecognized value after key=value parameters'],
  ['a length=8 size=9', 'Unrecognized parameter(s) given to password lookup: size'],
])('%s is refused', (term, message) => {
  expect(() => ask(term)).toThrow(message);
  expect(existsSync(join(directory, 'a'))).toBe(false);
});

test('whoever finds the lock of another waits, and says so in the end', () => {
  const path = join(directory, 'p');
  const lock = join(directory, `${createHash('sha1').update(path).digest('hex')}.ansible_lockfile`);
  writeFileSync(lock, '');
  const begun = performance.now();
  expect(() => ask('p')).toThrow('cannot get its lock');
  expect(performance.now() - begun).toBeGreaterThan(6000);
}, 60_000);
