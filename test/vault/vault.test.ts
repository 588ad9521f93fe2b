import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { KprovError } from '../../src/errors/index.js';
import { secretsOf } from '../../src/vault/contents.js';
import { parseEnvelope, Vault, vaultFiles } from '../../src/vault/index.js';
import { memoryFiles } from '../inventory/memory.js';
import { format11, format12, plainText } from './texts.js';

const secret = (id: string, password: string) => ({ id, secret: Buffer.from(password), from: `file ${id}.txt` });
const first = secret('default', 'pw1');
const dev = secret('dev', 'pw2');
const place = { file: 'group_vars/all.yml', line: 3, column: 5 };

function errorOf(run: () => unknown): KprovError {
  try {
    run();
  } catch (error) {
    if (error instanceof KprovError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test.each([
  ['1.1', format11],
  ['1.2, with an id', format12],
  ['1.1, with line ends of another system', format11.replaceAll('\n', '\r\n')],
  ['1.1, indented', format11.replaceAll('\n', '\n      ')],
])('a text that ansible-vault wrote in format %s is read', (_, text) => {
  expect(new Vault({ secrets: [first, dev] }).decrypt(text).toString()).toBe(plainText);
});

test('the secret of another id opens a text too, as with Ansible', () => {
  const vault = new Vault({ secrets: [first, secret('prod', 'pw2')] });
  expect(vault.open(format12).by.id).toBe('prod');
});

test('with ANSIBLE_VAULT_ID_MATCH only the secret of the text’s own id is tried', () => {
  const secrets = [first, secret('prod', 'pw2')];
  const error = errorOf(() => new Vault({ secrets, isMatching: true }).decrypt(format12, place));
  expect(error.why).toBe(
    'it was encrypted for the vault id dev; tried none, for only its own id counts (given: default, prod)',
  );
  expect(new Vault({ secrets: [...secrets, dev], isMatching: true }).decrypt(format12).toString()).toBe(plainText);
});

test('a wrong password is said with the place and the ids that were tried', () => {
  const error = errorOf(() =>
    new Vault({ secrets: [secret('dev', 'x'), secret('prod', 'y')] }).decrypt(format12, place),
  );
  expect(error).toMatchObject({
    code: 'wrong-vault-password',
    position: place,
    why: 'it was encrypted for the vault id dev; tried dev (file dev.txt), prod (file prod.txt)',
    fix: 'give its password:\n--vault-id dev@FILE\n--vault-id dev@prompt',
  });
  expect(JSON.stringify(error) + error.message).not.toContain('"x"');
});

test('without any password that is said, and how to give one', () => {
  const error = errorOf(() => new Vault().decrypt(format11, place));
  expect(error).toMatchObject({ code: 'no-vault-password', position: place, why: 'it names no vault id' });
  expect(error.fix).toContain('--vault-id FILE');
});

test.each([
  ['no text of ansible-vault', 'hello', 'not-vaulted'],
  ['a format that is no more', '$ANSIBLE_VAULT;1.0;AES\n3132', 'unsupported-vault'],
  ['another cipher', '$ANSIBLE_VAULT;1.1;ROT13\n3132', 'unsupported-vault'],
  ['what is no hexadecimal text', '$ANSIBLE_VAULT;1.1;AES256\nxy', 'bad-vault-text'],
  ['half a text', format11.slice(0, 120), 'bad-vault-text'],
  ['nothing behind the header', '$ANSIBLE_VAULT;1.1;AES256', 'bad-vault-text'],
])('%s is refused with its place', (_, text, code) => {
  expect(errorOf(() => new Vault({ secrets: [first] }).decrypt(text, place))).toMatchObject({ code, position: place });
});

test('a text of which one digit was changed is not opened', () => {
  const at = format11.length - 3;
  const changed = `${format11.slice(0, at)}${format11[at] === '1' ? '2' : '1'}${format11.slice(at + 1)}`;
  const error = errorOf(() => new Vault({ secrets: [first] }).decrypt(changed));
  expect(['wrong-vault-password', 'bad-vault-text']).toContain(error.code);
});

test('whatever was encrypted is decrypted again, byte for byte', () => {
  const vault = new Vault({ secrets: [first, dev] });
  const salt = Buffer.alloc(32, 7);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(first, dev), (bytes, by) => {
      const text = vault.encrypt(Buffer.from(bytes), by, salt);
      expect(vault.open(text).plain.equals(bytes)).toBe(true);
      expect(vault.open(text).by).toBe(by);
      expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
    }),
  );
});

test('any text at all is opened or refused, and nothing else happens', () => {
  const vault = new Vault({ secrets: [first] });
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'$ANSIBLE_VAULT;1.2AES256\n;0a3') }), (text) => {
      for (const whole of [text, `$ANSIBLE_VAULT;1.1;AES256\n${text}`]) {
        try {
          vault.decrypt(whole);
        } catch (error) {
          expect(error).toBeInstanceOf(KprovError);
        }
      }
    }),
  );
});

test('the same text and salt are encrypted as ansible-vault does it', () => {
  const { salt } = parseEnvelope(format12);
  expect(new Vault().encrypt(Buffer.from(plainText), dev, salt)).toBe(`${format12}\n`);
});

test('keys can be derived ahead, beside the event loop', async () => {
  const vault = new Vault({ secrets: [first, dev] });
  await vault.prepare([format11, format12]);
  expect(vault.decrypt(format11).toString()).toBe(plainText);
});

describe('files', () => {
  const hidden: string[] = [];
  const vault = new Vault({ secrets: [first], onSecret: (text) => hidden.push(text) });
  const files = vaultFiles(memoryFiles({ 'a.yml': format11, 'b.yml': format12, 'c.yml': 'x: 1\n' }), vault);

  test('an encrypted file is read in clear, and what stood in it is hidden', () => {
    expect(files.read('/w/a.yml')).toBe(plainText);
    expect(Buffer.from(files.readBytes('/w/a.yml') ?? []).toString()).toBe(plainText);
    expect(hidden).toEqual(['hunter22']);
  });

  test('it is read as it is where nobody wants it decrypted', () => {
    expect(Buffer.from(files.readBytes('/w/a.yml', { decrypt: false }) ?? []).toString()).toBe(format11);
  });

  test('any other file is read as ever, and what is not there is not there', () => {
    expect(files.read('/w/c.yml')).toBe('x: 1\n');
    expect(files.read('/w/none')).toBeUndefined();
  });

  test('a file that no password opens is an error with its name', () => {
    expect(errorOf(() => files.read('/w/b.yml'))).toMatchObject({
      code: 'wrong-vault-password',
      position: { file: '/w/b.yml', line: 1 },
    });
  });
});

test.each([
  [
    'each value of variables',
    'db: {password: hunter22, port: 5432}\nnames: [one, two]\nid: 123456789\n',
    ['hunter22', 'one', 'two', '123456789'],
  ],
  [
    'of tasks what is called a secret',
    '- name: Show\n  debug:\n    msg: hello\n    password: pw99\n  vars: {x: inner}\n',
    ['pw99', 'inner'],
  ],
  ['each line of anything else', 'PRIVATE\nKEY\n', ['PRIVATE\nKEY\n']],
  ['nothing of bytes that are no text', 'a\0b', []],
])('hidden is %s', (_, text, expected) => {
  expect(secretsOf(text)).toEqual(expected);
});
