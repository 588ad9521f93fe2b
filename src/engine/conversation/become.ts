import { KprovError } from '../../errors/index.js';
import type { Become, BecomeDetails } from '../../shell/index.js';
import type { ShellEnded } from './shell-session.js';

/** Whom a step runs as: the login user, or somebody he becomes. */
export type BecomeRequest =
  | { kind: 'login' }
  | ({
      kind: 'user';
      user: string;
      /** Default sudo. */
      method?: 'sudo' | 'su';
    } & BecomeDetails);

/** Steps with the same one share a shell. */
export const shellKey = (become: BecomeRequest): string =>
  become.kind === 'login'
    ? ''
    : [become.user, become.method ?? 'sudo', become.exe ?? '', ...(become.flags ?? [])].join(' ');

/** Root needs no sudo to be root, and none to become somebody else. */
export function resolveBecome(become: BecomeRequest, login: string): Become {
  if (become.kind === 'login' || become.user === login) return { method: 'none' };
  const { kind: _, method = 'sudo', ...details } = become;
  const asksFor = details.exe !== undefined || details.flags !== undefined;
  // From root su asks for no password, and sudo may not be there.
  if (login === 'root' && !asksFor) return { method: 'su', user: become.user };
  return { method, ...details };
}

/** Why nobody could become that user, from what sudo or su said. */
export function becomeError(ended: ShellEnded, user: string): KprovError {
  const said = ended.noise
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join(' / ');
  if (/incorrect password|sorry, try again|authentication failure/i.test(said)) {
    return new KprovError('become-password-wrong', `sudo refused the password for becoming ${user}`, {
      why: said,
      fix: 'check ansible_become_password, or type it with -K',
    });
  }
  if (/password is required|no tty present|terminal is required/i.test(said)) {
    return new KprovError('become-password-missing', `sudo wants a password for becoming ${user}`, {
      why: said,
      fix: 'give it with -K or ansible_become_password, or allow NOPASSWD in the sudoers of the host',
    });
  }
  if (/not found|No such file/i.test(said)) {
    return new KprovError('become-program-missing', `no way to become ${user}: sudo is not there`, {
      why: said,
      fix: 'log in as root, or install sudo on the host',
    });
  }
  return new KprovError('become-failed', `cannot become ${user}`, { why: said || 'the shell ended without a word' });
}
