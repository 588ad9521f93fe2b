import { hashPassword, saltSizeOf } from '../../../../src/engine/lookups/passwords/hash.js';

/** Made with crypt(3). */
test.each([
  [
    'sha512',
    'hello',
    { salt: 'abcdefgh', rounds: 5000 },
    '$6$abcdefgh$bp46WUxDu2cphMRE0PvVJlqas2imuSq186YS793XKfmqn9XUEL17HECskUTZInaNigNndLLYc7A6yWBmFEFn3/',
  ],
  [
    'sha512',
    'hello world ünï long password that is longer than 64 bytes, really so it is, isnt it',
    { salt: 'abc', rounds: 5000 },
    '$6$abc$2QSGJQEHhivxlE9BPTd.DGEL3BNduIYyA2bqP6B4oHtHdJTNj/LDBWMnNDum1zDWt.Lv2znATFc..LmDTTngf/',
  ],
  [
    'sha256',
    'hello',
    { salt: 'abcdefghijklmnop', rounds: 5000 },
    '$5$abcdefghijklmnop$PWitSpu2soJsfZ6ATsTxeTHC527GEr8VkIcYoKnV6G/',
  ],
  ['sha256_crypt', 'p', { salt: '12345678', rounds: 5000 }, '$5$12345678$ghhrcD4MAaunkIG7h0IOgoNZij9HVDMwfvkV0G.nJu2'],
  ['md5', 'pw', { salt: '12345678' }, '$1$12345678$OYWcP3UEQ50eVnrC3.L3v/'],
  [
    'blowfish',
    'x',
    { salt: '1234567890123456789012', ident: '2a', rounds: 5 },
    '$2a$05$123456789012345678901unKZ/XDM7kAVdcGzwXdLTY9XyxnDE.ja',
  ],
])('%s of %j with %j is what crypt(3) makes of it', (scheme, password, options, expected) => {
  expect(hashPassword(password, scheme, options)).toBe(expected);
});

test.each([
  ['there is no hash scheme rot13: passlib does not support it', 'rot13', {}],
  ['msdcc is not in the list of supported passlib algorithms: md5, blowfish, sha256, sha512', 'msdcc', {}],
  ['invalid characters in salt', 'sha512', { salt: 'a$b' }],
  ['invalid salt size', 'sha512', { salt: 'a'.repeat(17) }],
  ['invalid salt size', 'bcrypt', { salt: 'abc' }],
  ['sha512_crypt has between 1000 and 999999999 rounds, not 1', 'sha512', { rounds: 1 }],
  ['999999999 rounds of sha512_crypt take too long', 'sha512', { rounds: 999_999_999 }],
  ['31 rounds of bcrypt take too long', 'bcrypt', { rounds: 31 }],
  ['bcrypt has no version 2x', 'bcrypt', { ident: '2x', rounds: 4 }],
])('%s: refused', (message, scheme, options) => {
  expect(() => hashPassword('x', scheme, options)).toThrow(message);
});

test('bcrypt refuses what it would cut off', () => {
  expect(() => hashPassword('x'.repeat(73), 'bcrypt', { rounds: 4 })).toThrow('at most 72 bytes');
});

test('a salt is made up, of the size that is wanted', () => {
  const salts = Array.from({ length: 5 }, () => hashPassword('x', 'md5').split('$')[2] ?? '');
  expect(new Set(salts).size).toBe(5);
  expect(salts.every((salt) => /^[./\w]{8}$/.test(salt))).toBe(true);
  expect(hashPassword('x', 'sha256', { saltSize: 4, rounds: 5000 }).split('$')[2]).toHaveLength(4);
  expect([saltSizeOf('bcrypt'), saltSizeOf('sha512_crypt'), saltSizeOf('unknown')]).toEqual([22, 16, 8]);
});
