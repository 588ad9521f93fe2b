import fc from 'fast-check';
import { collectDirectives } from '../../src/transport/config/collect-directives.js';
import { matchPatternList, matchWildcard } from '../../src/transport/config/match-pattern.js';
import { parseSshConfig } from '../../src/transport/config/parse-ssh-config.js';
import { parseDestination, parseSeconds } from '../../src/transport/config/parse-values.js';
import { type ResolvedHost, resolveHost } from '../../src/transport/config/resolve-host.js';
import { splitWords } from '../../src/transport/config/split-words.js';
import { cpuMs } from './cpu-ms.js';

const context = { homeDir: '/home/me', localUser: 'me', localHostName: 'desk.example.org', env: { KEYS: '/keys' } };

function resolve(config: string, name = 'web1') {
  const { directives, diagnostics } = parseSshConfig(config, 'config');
  const resolved = resolveHost(name, { ...context, lists: [directives] });
  return { host: resolved.host, diagnostics: [...diagnostics, ...resolved.diagnostics] };
}

describe('ssh_config', () => {
  test.each<[string, string, Partial<ResolvedHost>]>([
    ['nothing', '', { host: 'web1', port: 22, user: 'me', hashKnownHosts: false, identitiesOnly: false }],
    ['the first value wins', 'Host web*\n  Port 1\nHost *\n  Port 2\n  User you\n', { port: 1, user: 'you' }],
    ['a negated pattern excludes', 'Host * !web1\n  Port 2\n', { port: 22 }],
    ['a negated pattern alone matches nobody', 'Host !other\n  Port 2\n', { port: 22 }],
    ['? stands for one character', 'Host web?\n Port 3\n', { port: 3 }],
    ['keywords in any case, with =', 'hostname=10.0.0.1\nPORT = 3\n', { host: '10.0.0.1', port: 3 }],
    ['HostName expands %h', 'HostName %h.example.org\n', { host: 'web1.example.org' }],
    ['comments at the end', 'Port 3 # not 4\n', { port: 3 }],
    ['quoted values', 'User "jane doe"\n', { user: 'jane doe' }],
    ['carriage returns', 'Port 3\r\nUser x\r\n', { port: 3, user: 'x' }],
    ['Match all', 'Host x\n Port 1\nMatch all\n Port 2\n', { port: 2 }],
    ['Match host looks at HostName', 'HostName real\nMatch host real\n Port 2\n', { port: 2 }],
    ['Match originalhost does not', 'HostName real\nMatch originalhost real\n Port 2\n', { port: 22 }],
    ['Match user, negated', 'User root\nMatch !user root\n Port 2\n', { port: 22 }],
    ['Match with several criteria', 'User root\nMatch originalhost web* user root,admin\n Port 2\n', { port: 2 }],
    ['HostKeyAlias', 'HostKeyAlias a\n', { hostKeyAlias: 'a' }],
    ['StrictHostKeyChecking ask is strict', 'StrictHostKeyChecking ask\n', { hostKeyChecking: 'strict' }],
    ['StrictHostKeyChecking no is off', 'StrictHostKeyChecking no\n', { hostKeyChecking: 'off' }],
    [
      'times',
      'ConnectTimeout 1m30\nServerAliveInterval 5\nServerAliveCountMax 4\n',
      { connectTimeoutMs: 90_000, keepaliveIntervalMs: 5000, keepaliveCountMax: 4 },
    ],
    ['IdentityAgent none', 'IdentityAgent none\n', { agentSocket: undefined }],
    ['IdentityAgent with a path', 'IdentityAgent ~/agent\n', { agentSocket: '/home/me/agent' }],
    ['IdentityAgent with a variable', 'IdentityAgent $KEYS\n', { agentSocket: '/keys' }],
    [
      'known_hosts files',
      'UserKnownHostsFile ~/a /b\nGlobalKnownHostsFile none\n',
      { userKnownHostsFiles: ['/home/me/a', '/b'], globalKnownHostsFiles: [] },
    ],
    ['ProxyJump none', 'ProxyJump none\n', { proxyJump: undefined }],
    [
      'an older spelling',
      'ChallengeResponseAuthentication no\n',
      { methods: { keys: true, password: true, keyboard: false } },
    ],
    [
      'PreferredAuthentications',
      'PreferredAuthentications publickey\n',
      { methods: { keys: true, password: false, keyboard: false } },
    ],
    ['AddressFamily', 'AddressFamily inet6\n', { addressFamily: 6 }],
  ])('%s', (_, config, expected) => {
    const { host, diagnostics } = resolve(config);
    expect(diagnostics).toEqual([]);
    expect(host).toMatchObject(expected);
  });

  test('identity files add up, with ~ and tokens', () => {
    const { host } = resolve(
      'Host web1\n IdentityFile ~/.ssh/%h_%r\nHost *\n Port 2222\n User root\n IdentityFile %d/%p/%u/%n%%\n IdentityFile ${KEYS}/%l\n',
    );
    expect(host.identityFiles.map(({ path }) => path)).toEqual([
      '/home/me/.ssh/web1_root',
      '/home/me/2222/me/web1%',
      '/keys/desk.example.org',
    ]);
  });

  test.each([
    ['Port 0', 'port "0" should be a number from 1 to 65535'],
    ['HashKnownHosts maybe', 'hashknownhosts "maybe" should be yes or no'],
    ['ConnectTimeout soon', 'connecttimeout "soon" should be a time, such as 10 or 1m30s'],
    ['User "x', 'User: no closing "'],
    ['User', 'User has no value'],
    ['IdentityFile %C', 'identityfile: "%C" is not supported here'],
    ['IdentityFile ~you/key', 'identityfile: "~you/key": only "~/" is supported, not another user\'s home'],
    ['IdentityFile ${NOPE}/key', 'identityfile: "${NOPE}/key": the environment has no NOPE'],
    ['HostName -oProxyCommand=x', '"-oProxyCommand=x" cannot be the name of a host'],
  ])('%s is an error with its place', (line, message) => {
    const { diagnostics } = resolve(`# first\n${line}\n`);
    expect(diagnostics).toMatchObject([{ severity: 'error', message }]);
  });

  test.each([
    ['HostNam x', 'unknown ssh option "hostnam"'],
    ['Ciphers aes128-ctr', 'ssh option "ciphers" has no effect here'],
    ['Match exec "true"', '"Match exec" is not supported; the lines below it do not apply'],
    ['Match final all', '"Match final" is not supported; the lines below it do not apply'],
  ])('%s is a warning with its place', (line, message) => {
    const { diagnostics } = resolve(`# first\n${line}\n Port 3\n`);
    expect(diagnostics).toMatchObject([{ severity: 'warning', message, position: { file: 'config', line: 2 } }]);
  });

  test('IgnoreUnknown silences what it names', () => {
    expect(resolve('IgnoreUnknown Foo*\nFooBar 1\n').diagnostics).toEqual([]);
  });

  test('an included file ends with its own Host lines and inherits the one around it', () => {
    const { directives } = parseSshConfig('Host web*\n Include sub\n Port 4\n', 'config');
    const included = [parseSshConfig('User a\nHost other\n User b\n Port 3\n', 'sub').directives];
    const lists = [directives.map((d) => (d.keyword === 'include' ? { ...d, included } : d))];
    const first = (originalHost: string, keyword: string) =>
      collectDirectives({ originalHost, localUser: 'me' }, lists).first.get(keyword)?.arguments[0];
    expect([first('web1', 'user'), first('web1', 'port'), first('other', 'user'), first('other', 'port')]).toEqual([
      'a',
      '4',
      undefined,
      undefined,
    ]);
  });

  test('whatever the text, parsing and resolving give diagnostics and never throw', () => {
    const words = fc.constantFrom(
      'Host',
      'Match',
      'user',
      'all',
      'Port',
      '22',
      '"',
      "'",
      '\\',
      '%h',
      '%',
      '~',
      '*',
      '!',
      '=',
      '#',
      '\n',
      '\r',
      ' ',
      '\t',
      'IdentityFile',
      'ProxyJump',
      '${',
      '}',
      '__proto__',
      'constructor',
      '\0',
      'HostName',
      'Include',
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 60 }).map((w) => w.join(' ')),
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 60 }).map((w) => w.join('')),
    );
    fc.assert(
      fc.property(text, fc.string(), (config, name) => {
        const { diagnostics } = resolve(config, name);
        for (const { message, code } of diagnostics) expect(message.length * code.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['one endless line', (n: number) => `Host ${'a*'.repeat(n)}`],
    ['many lines', (n: number) => 'Host a\n Port 1\n'.repeat(n / 3)],
    ['many quotes', (n: number) => `User ${'"a" '.repeat(n)}`],
    ['many blanks', (n: number) => `User${' '.repeat(n)}=${' '.repeat(n)}x${' '.repeat(n)}y`],
    ['many backslashes', (n: number) => `User ${'\\'.repeat(n)}`],
    ['many colons', (n: number) => `ProxyJump ${'a:'.repeat(n)}@${':'.repeat(n)}`],
    ['many braces', (n: number) => `IdentityFile ${'${'.repeat(n)}`],
    ['many percent signs', (n: number) => `IdentityFile ${'%h%'.repeat(n)}`],
  ])('%s of a megabyte takes no second', (_, make) => {
    const config = make(150_000);
    expect(cpuMs(() => [resolve(config), parseDestination(config)])).toBeLessThan(1000);
  });
});

describe('patterns', () => {
  test('wildcards mean what their regular expression means', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(text, letters, (value, pattern) => {
        const expression = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchWildcard(value, pattern)).toBe(new RegExp(`^${expression}$`).test(value));
      }),
      { numRuns: 2000 },
    );
  });

  test('a negated pattern wins wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('*', 'a', 'b*', '!b')), (patterns) => {
        expect(matchPatternList('a', [...patterns, '!a'])).toBe(false);
        expect(matchPatternList('a', ['!a', ...patterns])).toBe(false);
      }),
    );
  });

  test('many stars against a long name are quick', () => {
    expect(cpuMs(() => expect(matchWildcard('a'.repeat(255), `${'*a'.repeat(500)}b`)).toBe(false))).toBeLessThan(100);
  });
});

describe('values', () => {
  test.each([
    ['host', { host: 'host' }],
    ['me@host:22', { user: 'me', host: 'host', port: 22 }],
    ['me@corp@host', { user: 'me@corp', host: 'host' }],
    ['[::1]:2222', { host: '::1', port: 2222 }],
    ['fe80::1', { host: 'fe80::1' }],
    ['ssh://me@host:22/', { user: 'me', host: 'host', port: 22 }],
    ['', undefined],
    ['host:', undefined],
    ['host:70000', undefined],
    ['-oProxyCommand=x', undefined],
    ['me@', undefined],
    ['a b', undefined],
    ['[::1', undefined],
    ['$(id)', undefined],
  ])('the jump host "%s"', (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
  });

  test.each([
    ['90', 90],
    ['1m30s', 90],
    ['1H', 3600],
    ['2d', 172_800],
    ['', undefined],
    ['m', undefined],
    ['-1', undefined],
    ['1.5', undefined],
  ])('the time "%s"', (text, expected) => {
    expect(parseSeconds(text)).toBe(expected);
  });

  test('words without quotes and backslashes come back as they were', () => {
    const word = fc.stringMatching(/^[^\s"'\\#]+$/);
    fc.assert(
      fc.property(fc.array(word), fc.boolean(), (words, comments) => {
        expect(splitWords(words.join(' '), { comments })).toEqual({ words });
      }),
    );
  });
});
