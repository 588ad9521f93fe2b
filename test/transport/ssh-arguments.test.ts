import fc from 'fast-check';
import { parseProxyCommand } from '../../src/transport/config/parse-proxy-command.js';
import { parseSshArguments } from '../../src/transport/config/parse-ssh-arguments.js';
import { parseSshConfig } from '../../src/transport/config/parse-ssh-config.js';
import { resolveRoute } from '../../src/transport/config/resolve-route.js';

const place = { file: 'x', line: 1, column: 1 };

const route = (commonArgs: string, config = '') =>
  resolveRoute(
    { name: 'node1', kind: 'ssh', address: '10.0.0.5', port: 2200, user: 'ops', privateKeyFile: '/k', commonArgs },
    {
      homeDir: '/home/me',
      localUser: 'me',
      localHostName: 'desk',
      env: {},
      configFiles: (file) => ({
        lists: [parseSshConfig(file === undefined ? config : '', 'config').directives],
        diagnostics: [],
      }),
    },
  );

const hops = (commonArgs: string, config = '') =>
  route(commonArgs, config).hops.map(({ user, host, port }) => `${user}@${host}:${port}`);

describe('ansible_ssh_common_args', () => {
  test.each([
    ['', ['ops@10.0.0.5:2200']],
    ['-o ProxyJump=bastion', ['me@bastion:22', 'ops@10.0.0.5:2200']],
    ['-oProxyJump=bastion', ['me@bastion:22', 'ops@10.0.0.5:2200']],
    ['-J me@b1:23,b2', ['me@b1:23', 'me@b2:22', 'ops@10.0.0.5:2200']],
    ['-J [fe80::1]:23', ['me@fe80::1:23', 'ops@10.0.0.5:2200']],
    ['-o ProxyCommand="ssh -W %h:%p -q jump@bastion"', ['jump@bastion:22', 'ops@10.0.0.5:2200']],
    [`-o 'ProxyCommand=ssh -p 2222 -l jump -W "%h:%p" bastion'`, ['jump@bastion:2222', 'ops@10.0.0.5:2200']],
    [
      '-o ProxyCommand="exec /usr/bin/ssh -o ProxyJump=outer -W [%h]:%p bastion"',
      ['me@outer:22', 'me@bastion:22', 'ops@10.0.0.5:2200'],
    ],
    ['-o ProxyCommand=none', ['ops@10.0.0.5:2200']],
    [
      '-C -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=/tmp/x -o LogLevel=ERROR -vvv -q -T',
      ['ops@10.0.0.5:2200'],
    ],
  ])('%s', (args, expected) => {
    expect(route(args).diagnostics).toEqual([]);
    expect(hops(args)).toEqual(expected);
  });

  test('what Ansible sets comes before the arguments, and they come before the file', () => {
    const { hops: found } = route(
      '-o Port=1 -o ConnectTimeout=7 -i /k2',
      'ConnectTimeout 9\nHostKeyAlias x\nIdentityFile /k3\n',
    );
    expect(found).toMatchObject([{ port: 2200, connectTimeoutMs: 7000, hostKeyAlias: 'x' }]);
    expect(found[0]?.identityFiles.map(({ path }) => path)).toEqual(['/k', '/k2', '/k3']);
  });

  test('options of the target do not hold for its jump hosts, their own do', () => {
    const { hops: found } = route(
      '-J bastion -o StrictHostKeyChecking=no',
      'Host bastion\n User jump\n IdentityFile /b\n',
    );
    expect(found).toMatchObject([
      { user: 'jump', hostKeyChecking: undefined, identityFiles: [{ path: '/b' }] },
      { user: 'ops', hostKeyChecking: 'off' },
    ]);
  });

  test('the jump hosts of the first hop count, those of later ones do not', () => {
    expect(hops('-J b1,b2', 'Host b1 b2\n ProxyJump outer\n')).toEqual([
      'me@outer:22',
      'me@b1:22',
      'me@b2:22',
      'ops@10.0.0.5:2200',
    ]);
  });

  test.each([
    ['-o Foo=bar', 'unknown ssh option "foo"'],
    ['-o StrictHostKeyCheckin=no', 'unknown ssh option "stricthostkeycheckin"'],
    ['-o Ciphers=aes128-cbc', 'ssh option "ciphers" is not supported'],
    ['-o PKCS11Provider=/x.so', 'ssh option "pkcs11provider" is not supported'],
    ['-L 1:a:2', 'ssh option "-L" is not supported'],
    ['-Z', 'ssh option "-Z" is not supported'],
    ['-o', 'ssh option "-o" has no value'],
    ['"-o', 'no closing " in ""-o"'],
    ['surplus', '"surplus" in ansible_ssh_common_args is not an option'],
    ['-J -oProxyCommand=x', 'jump host "-oProxyCommand=x" should be [user@]host[:port]'],
    ['-o ConnectTimeout=soon', 'connecttimeout "soon" should be a time, such as 10 or 1m30s'],
    [
      '-o ProxyCommand="nc %h %p"',
      'ProxyCommand "nc %h %p" is not supported: it is not of the form ssh -W %h:%p BASTION',
    ],
    [
      '-o ProxyCommand="ssh bastion nc %h %p"',
      'ProxyCommand "ssh bastion nc %h %p" is not supported: it has no -W %h:%p',
    ],
    ['-o ProxyCommand="ssh -D 1 -W %h:%p bastion"', 'ssh option "-D" is not supported'],
  ])('%s is refused by name', (args, message) => {
    const errors = route(args).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((d) => d.message)).toContain(message);
  });

  test('a refused ProxyCommand is told with its place in the file', () => {
    expect(route('', '# first\nProxyCommand nc %h %p\n').diagnostics).toMatchObject([
      { code: 'unsupported-proxy-command', position: { file: 'config', line: 2 } },
    ]);
  });

  test('a misspelt option comes with the right spelling', () => {
    expect(route('-o StrictHostKeyCheckin=no').diagnostics[0]?.fix).toBe('did you mean "stricthostkeychecking"?');
  });

  test('whatever the arguments, there are diagnostics and no exception', () => {
    const piece = fc.constantFrom(
      '-o',
      '-J',
      '-F',
      '-i',
      '-W',
      '--',
      '-',
      'ProxyJump=',
      'ProxyCommand=',
      'ssh',
      '-W %h:%p',
      '"',
      "'",
      '\\',
      ' ',
      '=',
      ',',
      'a@b:1',
      '%',
      '__proto__',
      '\0',
      '-p',
      '22',
      '-vC4A',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((p) => p.join('')),
      fc.array(piece, { maxLength: 30 }).map((p) => p.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (args) => {
        expect(route(args).hops.length).toBeGreaterThan(0);
        expect(parseSshArguments(args, place).diagnostics.every(({ message }) => message.length > 0)).toBe(true);
        expect(typeof parseProxyCommand(args, place)).toBe('object');
      }),
      { numRuns: 3000 },
    );
  });
});
