import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  findKnownHosts,
  formatKnownHost,
  judgeHostKey,
  knownHostNames,
  type Verdict,
} from '../../src/transport/known-hosts/judge-host-key.js';
import { parseKnownHosts } from '../../src/transport/known-hosts/parse-known-hosts.js';
import { cpuMs } from './cpu-ms.js';

/** A made-up key of a type, as it goes over the wire. */
function key(type: string, body: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(body)]).toString('base64');
}

const ED = 'ssh-ed25519';
const EC = 'ecdsa-sha2-nistp256';
const mine = { type: ED, key: key(ED, 'mine') };
const line = (names: string, type = ED, body = 'mine'): string => `${names} ${type} ${key(type, body)} a comment`;

function hashed(name: string): string {
  const salt = Buffer.from('12345678901234567890');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function judge(text: string, host = 'Web1', port = 22, alias?: string): Verdict {
  const { hosts } = parseKnownHosts(text, 'known_hosts');
  return judgeHostKey(
    mine,
    knownHostNames(host, port, alias).map((name) => findKnownHosts(name, hosts)),
  );
}

describe('known_hosts', () => {
  test.each<[string, string, Verdict['kind']]>([
    ['an empty file', '', 'unknown'],
    ['the name, in any case', line('web1'), 'known'],
    ['a list of names', line('a,web1,b'), 'known'],
    ['a wildcard', line('web*'), 'known'],
    ['a wildcard with an exception', line('web*,!web1'), 'unknown'],
    ['a hashed name', line(hashed('web1')), 'known'],
    ['another hashed name', line(hashed('web2')), 'unknown'],
    ['another key of the type', line('web1', ED, 'other'), 'changed'],
    ['another key and the right one', `${line('web1', ED, 'other')}\n${line('web1')}`, 'known'],
    ['only a key of another type', line('web1', EC, 'other'), 'changed'],
    ['several types with the right one', `${line('web1', EC, 'other')}\n${line('web1')}`, 'known'],
    ['a revoked key', `@revoked ${line('*')}`, 'revoked'],
    ['a revoked key that is also known', `${line('web1')}\n@revoked ${line('*')}`, 'revoked'],
    ['another key that is revoked', `@revoked ${line('web1', ED, 'other')}\n${line('web1')}`, 'known'],
    ['a key revoked for others', `@revoked ${line('db*')}\n${line('web1')}`, 'known'],
    ['a certificate authority', `@cert-authority ${line('web1')}`, 'unknown'],
    ['comments and blank lines', `# x\n\n   \n\t${line('web1')}\r\n`, 'known'],
    ['the name with the standard port', line('[web1]:22'), 'unknown'],
  ])('%s', (_, text, kind) => {
    expect(judge(text).kind).toBe(kind);
  });

  test.each<[string, string, Verdict['kind']]>([
    ['its name and port', line('[web1]:2222'), 'known'],
    ['its name and port, hashed', line(hashed('[web1]:2222')), 'known'],
    ['its name and another port', line('[web1]:2223'), 'unknown'],
    ['the bare name with the same key', line('web1'), 'known'],
    ['the bare name with another key', line('web1', ED, 'other'), 'unknown'],
    [
      'another key for the port, the right one for the bare name',
      `${line('[web1]:2222', ED, 'other')}\n${line('web1')}`,
      'known',
    ],
  ])('on another port: %s', (_, text, kind) => {
    expect(judge(text, 'web1', 2222).kind).toBe(kind);
  });

  test('an alias stands for name and port', () => {
    expect(judge(line('machine'), 'web1', 2222, 'Machine').kind).toBe('known');
    expect(judge(line('[web1]:2222'), 'web1', 2222, 'machine').kind).toBe('unknown');
  });

  test('a changed key is told with the line that has the old one', () => {
    const verdict = judge(`# first\n${line('web1', EC, 'x')}\n${line('web1', ED, 'other')}`);
    expect(verdict).toMatchObject({ kind: 'changed', isSameType: true, entry: { position: { line: 3 } } });
  });

  test('the certificate authority of an unknown host is told', () => {
    expect(judge(`@cert-authority ${line('*')}`)).toMatchObject({ authority: { marker: 'cert-authority' } });
  });

  test.each([
    ['web1', 'this line of known_hosts is incomplete'],
    ['@wrong web1 ssh-ed25519 AAAA', 'this marker of known_hosts is not known'],
    ['|1|abc ssh-ed25519 AAAA', 'this hashed name of known_hosts is damaged'],
    [`web1 ssh-rsa ${key(ED, 'x')}`, 'this key of known_hosts is damaged or of another type than it says'],
    ['web1 ssh-rsa !!!', 'this key of known_hosts is damaged or of another type than it says'],
  ])('"%s" is a warning and does not hide the lines below', (bad, message) => {
    const { hosts, diagnostics } = parseKnownHosts(`${bad}\n${line('web1')}`, 'f');
    expect(diagnostics).toMatchObject([{ severity: 'warning', message, position: { file: 'f', line: 1 } }]);
    expect(hosts).toHaveLength(1);
  });

  test('a line that was written is found again, in clear and hashed, by its own name only', () => {
    const name = fc.stringMatching(/^[a-z0-9.-]{1,40}$/);
    fc.assert(
      fc.property(name, name, fc.option(fc.uint8Array({ minLength: 20, maxLength: 20 })), (own, other, salt) => {
        const text = formatKnownHost(own, mine, salt === null ? undefined : Buffer.from(salt));
        const { hosts, diagnostics } = parseKnownHosts(text, 'f');
        expect(diagnostics).toEqual([]);
        expect(findKnownHosts(own, hosts)).toHaveLength(1);
        expect(findKnownHosts(other, hosts)).toHaveLength(own === other ? 1 : 0);
      }),
    );
  });

  test('whatever the text, parsing gives diagnostics and never throws, and only the very key is known', () => {
    const piece = fc.constantFrom(
      '@revoked',
      '@cert-authority',
      '@',
      '|1|',
      '|',
      'web1',
      '*',
      '!',
      ',',
      '[',
      ']:22',
      ED,
      EC,
      key(ED, 'other'),
      'AAAA',
      '=',
      ' ',
      '\t',
      '\n',
      '\r',
      '#',
      '\0',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((p) => p.join(' ')),
      fc.array(piece, { maxLength: 40 }).map((p) => p.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (known) => {
        expect(judge(known).kind).not.toBe('known');
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['many lines', () => `${line('web1,web2', EC, 'x')}\n`.repeat(20_000)],
    ['one endless line', () => `${'a,'.repeat(500_000)} ${ED} ${'A'.repeat(500_000)}`],
    ['many blanks', () => `web1${' '.repeat(1_000_000)}x`],
    ['many stars', () => line(`${'*a'.repeat(200_000)}`)],
  ])('%s take no second', (_, make) => {
    const text = make();
    expect(cpuMs(() => judge(text))).toBeLessThan(1000);
  });
});
