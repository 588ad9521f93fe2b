import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { Redactor } from '../../src/values/redactor.js';

const secret = `S3cr/t'With "$igns" & \\ +é`;

function maskedBy(text: string, ...known: string[]): string {
  const redactor = new Redactor();
  for (const each of known) redactor.add(each);
  return redactor.mask(text);
}

const python = (program: string) =>
  execFileSync('python3', ['-c', program], { input: secret, env: { PYTHONIOENCODING: 'utf8' } }).toString();
const bash = (program: string) =>
  execFileSync('bash', ['--norc', '-c', program], { input: secret, env: { LC_ALL: 'C.UTF-8' } }).toString();

test.each([
  ['as it is', secret],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64 for URLs', Buffer.from(secret).toString('base64url')],
  ['encodeURIComponent', encodeURIComponent(secret)],
  ["Python's quote", python('import sys, urllib.parse as u; print(u.quote(sys.stdin.read()))')],
  ['quote without a safe slash', python('import sys, urllib.parse as u; print(u.quote(sys.stdin.read(), safe=""))')],
  ['a form', python('import sys, urllib.parse as u; print(u.quote_plus(sys.stdin.read()))')],
  ["Python's shell quotes", python('import sys, shlex; print(shlex.quote(sys.stdin.read()))')],
  ["Python's JSON", python('import sys, json; print(json.dumps(sys.stdin.read()))')],
  ['JSON', JSON.stringify(secret)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(secret))],
  ["bash's @Q", bash('IFS= read -r x; echo "${x@Q}"')],
  ["bash's %q", bash('IFS= read -r x; printf %q "$x"')],
  ["bash's trace", bash('IFS= read -r x; exec 2>&1; set -x; : "$x"')],
  [
    "dash's trace",
    execFileSync('dash', ['-c', 'IFS= read -r x; exec 2>&1; set -x; : "$x"'], { input: secret }).toString(),
  ],
  ['between double quotes', `"${secret.replace(/["$`\\]/g, '\\$&')}"`],
  ['in YAML', `'${secret.replaceAll("'", "''")}'`],
])('a secret is masked: %s', (_, text) => {
  const shown = maskedBy(text, secret);
  expect(shown).toContain('********');
  expect(shown).not.toMatch(/S3cr|igns|UzNjc/);
});

test('a secret within a longer text in base64 is masked wherever it begins', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 6, maxLength: 40 }),
      fc.string({ maxLength: 9 }),
      fc.string({ maxLength: 9 }),
      (text, before, after) => {
        fc.pre(text.trim() === text && !text.includes('\n'));
        const encoded = Buffer.from(`${before}${text}${after}`).toString('base64');
        const shown = maskedBy(encoded, text);
        expect(shown).toContain('********');
        // At most the signs that hold bits of its neighbours as well are left.
        const begin = Math.floor((Buffer.byteLength(before) * 8) / 6);
        const end = Math.ceil((Buffer.byteLength(before + text) * 8) / 6);
        expect(encoded.length - shown.replace(/\*{8}/g, '').length).toBeGreaterThanOrEqual(end - begin - 2);
      },
    ),
  );
});

test('any bytes of a host can be a secret', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 4 }), (text) => {
      const known = `\udcff${text.replaceAll('\n', '')}\udc80!`;
      expect(maskedBy(`<${known}>`, known)).toBe('<********>');
    }),
  );
});

test('what is short, or has nothing to do with a secret, stays', () => {
  expect(maskedBy('abc and a password', 'abc')).toBe('abc and a password');
  expect(maskedBy('UzNjcmV0 is base64, as is Zm9v', 'another')).toBe('UzNjcmV0 is base64, as is Zm9v');
});
