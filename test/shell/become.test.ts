import { type Become, renderLogin } from '../../src/shell/index.js';

const nonce = '0123456789abcdef';
const start = (become: Become): string => renderLogin(become, nonce).command.replace(/ (?:\/bin\/sh )?-c '.*/s, '');

test.each([
  [{ method: 'sudo', user: 'app' }, 'exec sudo -H -n -u app'],
  [{ method: 'sudo', user: 'app', password: 'x' }, `exec sudo -H -S -p kprov-${nonce}-password: -u app`],
  [{ method: 'sudo', user: 'app', flags: ['-i', '-E'] }, 'exec sudo -i -E -n -u app'],
  [{ method: 'sudo', user: 'app', exe: '/opt/my sudo' }, "exec '/opt/my sudo' -H -n -u app"],
  [{ method: 'su', user: 'app' }, 'exec su -s /bin/sh app'],
  [{ method: 'su', user: 'app', password: 'x', flags: ['-'] }, 'exec su - -s /bin/sh app'],
  [{ method: 'su', user: 'app', exe: '/usr/local/bin/su' }, 'exec /usr/local/bin/su -s /bin/sh app'],
] as [Become, string][])('%j begins with %s', (become, command) => {
  expect(start(become)).toBe(command);
});

test('a password is no word of a command: it is the first line of the input', () => {
  for (const method of ['sudo', 'su'] as const) {
    const { command, input } = renderLogin({ method, user: 'app', password: 'secret word' }, nonce);
    expect(command).not.toContain('secret');
    expect(input.startsWith(`secret word\ngo-${nonce}\n`)).toBe(true);
  }
});
