import { iptables, ruleOf } from '../../../src/tasks/general/iptables.js';
import { fnmatch } from '../../../src/tasks/general/patterns.js';
import { isExcluded } from '../../../src/tasks/general/synchronize/tree.js';
import { ufw, ufwRule } from '../../../src/tasks/general/ufw.js';
import { decode, headerFields, isJson, messageOf, parseHead } from '../../../src/tasks/general/uri-response.js';
import { parseArguments, type Task } from '../../../src/tasks/index.js';
import type { Mapping } from '../../../src/values/index.js';

function parsed<T>(task: Task, args: Mapping): T {
  const made = parseArguments(task, args);
  if (!made.ok) throw new Error(made.diagnostics.map(({ message }) => message).join('\n'));
  return made.args as T;
}

/** The words and their order are those of Ansible 2.14; a comment that begins with ! is no negation, though. */
test.each<[Mapping, string]>([
  [
    { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT' },
    '-p tcp -j ACCEPT --destination-port 22',
  ],
  [{ chain: 'INPUT', source: '!10.0.0.0/8', jump: 'DROP' }, '! -s 10.0.0.0/8 -j DROP'],
  [
    { chain: 'INPUT', ctstate: ['NEW', 'ESTABLISHED'], jump: 'ACCEPT' },
    '-j ACCEPT -m conntrack --ctstate NEW,ESTABLISHED',
  ],
  [{ chain: 'INPUT', match: 'state', ctstate: 'NEW', jump: 'ACCEPT' }, '-m state -j ACCEPT --state NEW'],
  [
    { chain: 'INPUT', protocol: 'tcp', destination_ports: ['80', '443'], jump: 'ACCEPT' },
    '-p tcp -j ACCEPT -m multiport --dports 80,443',
  ],
  [
    { chain: 'INPUT', protocol: 'tcp', tcp_flags: { flags: ['SYN', 'RST'], flags_set: ['SYN'] }, jump: 'DROP' },
    '-p tcp --tcp-flags SYN,RST SYN -j DROP',
  ],
  [{ chain: 'INPUT', protocol: 'tcp', syn: 'negate' }, '-p tcp ! --syn'],
  [
    { chain: 'INPUT', log_prefix: 'x ', limit: '2/second', limit_burst: '20' },
    '-j LOG --log-prefix x  -m limit --limit 2/second --limit-burst 20',
  ],
  [
    { chain: 'INPUT', src_range: '10.0.0.1-10.0.0.9', jump: 'ACCEPT' },
    '-j ACCEPT -m iprange --src-range 10.0.0.1-10.0.0.9',
  ],
  [{ chain: 'INPUT', match_set: 'a', match_set_flags: 'src', jump: 'DROP' }, '-j DROP -m set --match-set a src'],
  [{ chain: 'FORWARD', reject_with: 'tcp-reset', ip_version: 'ipv4' }, '-j REJECT --reject-with tcp-reset'],
  [
    { chain: 'OUTPUT', uid_owner: '0', comment: '!x', jump: 'ACCEPT' },
    '-j ACCEPT -m owner --uid-owner 0 -m comment --comment !x',
  ],
  [
    { chain: 'PREROUTING', table: 'nat', in_interface: 'eth0', to_ports: '8080', jump: 'REDIRECT' },
    '-j REDIRECT -i eth0 --to-ports 8080',
  ],
])('iptables: %j', (args, rule) => {
  expect(ruleOf(parsed(iptables, args)).join(' ')).toBe(rule);
});

test.each<[Mapping, string]>([
  [{ rule: 'allow', port: '80', proto: 'tcp' }, 'allow from any to any port 80 proto tcp'],
  [{ rule: 'deny', src: '10.0.0.1', from_port: '1', log: true }, 'deny log from 10.0.0.1 port 1 to any'],
  [{ rule: 'allow', direction: 'in', interface: 'eth0' }, 'allow in on eth0 from any to any'],
  [{ rule: 'allow', interface_in: 'a', interface_out: 'b', route: true }, 'allow in on a out on b from any to any'],
  [{ rule: 'limit', name: 'OpenSSH', comment: 'two words' }, 'limit from any to any app OpenSSH comment two words'],
])('ufw: %j', (args, rule) => {
  expect(ufwRule(parsed(ufw, args)).join(' ')).toBe(rule);
});

test.each([
  ['*.log', 'a.log', true],
  ['*.log', '.log', true],
  ['a?c', 'abc', true],
  ['[ab]*', 'bx', true],
  ['[!ab]*', 'bx', false],
  ['[]]x', ']x', true],
  ['[a', '[a', true],
  ['a.b', 'axb', false],
  ['*', 'two\nlines', true],
])('the pattern %s and the name %j: %s', (pattern, name, matches) => {
  expect(fnmatch(pattern).test(name)).toBe(matches);
});

test.each([
  ['*.log', 'deep/a.log', false, true],
  ['/a', 'a', false, true],
  ['/a', 'b/a', false, false],
  ['a/', 'a', false, false],
  ['a/', 'x/a', true, true],
  ['x/a', 'y/x/a', false, true],
  ['x/*', 'x/y/z', false, false],
  ['x/**', 'x/y/z', false, true],
])('rsync excludes by %s the path %s (directory: %s): %s', (pattern, name, isDirectory, isOut) => {
  expect(isExcluded([pattern])(name, isDirectory)).toBe(isOut);
});

test('an answer is read as urllib reads it', () => {
  const head =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Gone away\r\nA-b: 1\r\nA-B: 2\r\nSet-Cookie: c=d; Path=/\r\n\r\n';
  const answer = parseHead(head);
  expect(messageOf(answer)).toBe('HTTP Error 404: Gone away');
  expect(headerFields(answer)).toEqual({
    a_b: '1, 2',
    set_cookie: 'c=d; Path=/',
    cookies: { c: 'd' },
    cookies_string: 'c=d',
  });
  expect(messageOf(parseHead('HTTP/2 200 \r\n\r\n'))).toBe('OK (unknown bytes)');
  expect(messageOf(parseHead('HTTP/2 503 \r\n\r\n'))).toBe('HTTP Error 503: Service Unavailable');
});

test.each([
  ['application/json', true],
  ['application/problem+json; charset=utf-8', true],
  ['text/javascript', true],
  ['text/plain', false],
  ['application/jsonp', false],
])('%s is JSON: %s', (type, is) => expect(isJson(type)).toBe(is));

test('content is decoded as its type says', () => {
  expect(decode(Uint8Array.of(0xe4), 'text/plain; charset=latin1')).toBe('ä');
  expect(decode(Uint8Array.of(0xc3, 0xa4), 'text/plain; charset=nonsense')).toBe('ä');
});
