import type { Attempts } from '../auth/authenticator.js';
import type { KeyPlan } from '../auth/plan-keys.js';
import type { ResolvedHost } from '../config/resolve-host.js';
import { ConnectError } from '../errors.js';
import { quote } from '../known-hosts/check-host-key.js';
import { Dropped } from './handshake-gate.js';

/** An error of the network, as Node reports it; several addresses make an AggregateError. */
interface NetworkError extends Error {
  code?: string;
  errors?: readonly NetworkError[];
}

const at = (host: ResolvedHost): string => `${host.host} port ${host.port}`;

export function explainDialError(error: NetworkError, host: ResolvedHost, label: string): ConnectError | Dropped {
  const code = error.code ?? error.errors?.find((e) => e.code !== undefined)?.code ?? '';
  if (code === 'ECONNRESET' || code === 'EPIPE') return new Dropped(error.message, { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL' || code === 'EAI_NODATA') {
    return new ConnectError('name-not-found', `${label}: the name ${host.host} cannot be resolved`, {
      why: `Neither the name service nor /etc/hosts has an address for it (${code}).`,
      fix: 'Correct the name in the inventory, or give its address as ansible_host.',
      cause: error,
    });
  }
  if (code === 'ECONNREFUSED') {
    return new ConnectError('connection-refused', `${label}: ${at(host)} refused the connection`, {
      why: 'The host is up, but nothing listens on that port, or a firewall rejects it.',
      fix: 'Start the SSH server there, or set ansible_port.',
      cause: error,
    });
  }
  return new ConnectError('unreachable', `${label}: ${at(host)} cannot be reached: ${error.message || code}`, {
    why: 'There is no way through the network to that address.',
    cause: error,
  });
}

/** A jump host could not open the way to the next host; `description` is what it said. */
export function explainForwardError(
  description: string,
  host: ResolvedHost,
  label: string,
  jump: string,
): ConnectError {
  const said = `The jump host ${jump} says: ${clip(description)}`;
  if (/refused/i.test(description)) {
    return new ConnectError('connection-refused', `${label}: ${at(host)} refused the connection`, {
      why: `${said}. Nothing listens on that port, or a firewall rejects it.`,
      fix: 'Start the SSH server there, or set ansible_port.',
    });
  }
  if (/resolve|not known|name or service/i.test(description)) {
    return new ConnectError('name-not-found', `${label}: the jump host cannot resolve the name ${host.host}`, {
      why: said,
      fix: 'Give its address, as the jump host sees it, as ansible_host.',
    });
  }
  return new ConnectError('unreachable', `${label}: ${at(host)} cannot be reached through the jump host`, {
    why: `${said}. It may not be allowed to forward (AllowTcpForwarding, PermitOpen), or has no way there itself.`,
  });
}

/** `drops`: how often the server hung up; `isOpen`: the way to it stood at least once. */
export function explainTimeout(
  host: ResolvedHost,
  label: string,
  limitMs: number,
  { drops, isOpen }: { drops: number; isOpen: boolean },
): ConnectError {
  const seconds = limitMs / 1000;
  const dropped =
    drops > 0
      ? `It closed the connection before the handshake ${drops} times; too many may log in at once (MaxStartups).`
      : undefined;
  if (dropped === undefined && isOpen) {
    return new ConnectError('timeout', `${label}: no login on ${at(host)} within ${seconds} s`, {
      why: 'It takes the connection, and the login does not come to its end: the host is busy, or its login waits for something.',
      fix: 'Look at the load of the host, or give it more time with --timeout.',
    });
  }
  return new ConnectError('timeout', `${label}: no connection to ${at(host)} within ${seconds} s`, {
    why: dropped ?? 'It does not answer: it is down, the address is wrong, or a firewall drops the packets.',
    fix: 'Check the address (ansible_host) and that the host is up; a slow host needs a longer --timeout.',
  });
}

/** What ssh2 reported before or during the key exchange; `greeting` is how the server began. */
export function explainHandshakeError(
  error: NetworkError,
  greeting: string,
  host: ResolvedHost,
  label: string,
): ConnectError | Dropped {
  const { message } = error;
  // sshd itself says one of these when it drops a connection.
  const isSsh = /^(?:SSH-|Exceeded MaxStartups|Not allowed at this time)/m.test(greeting) || greeting === '';
  const isCut = error.code === 'ECONNRESET' || error.code === 'EPIPE' || /lost before handshake/.test(message);
  if (isCut && isSsh) return new Dropped(message, { cause: error });
  if (/no matching/.test(message)) {
    return new ConnectError('no-common-algorithm', `${label}: ${clip(message)}`, {
      why: 'The server only accepts algorithms that kprov does not offer: outdated ones (SHA-1, CBC), or a post-quantum key exchange.',
      fix: 'Let its sshd_config also accept curve25519-sha256, aes128-gcm@openssh.com and an ed25519, ECDSA or RSA-SHA2 host key.',
      cause: error,
    });
  }
  if (!isSsh || /identification|header|greeting/i.test(message)) {
    return new ConnectError('not-ssh', `${label}: what answers at ${at(host)} is no SSH server`, {
      why: greeting === '' ? clip(message) : `It begins with: ${clip(greeting.split('\n')[0]?.trim() ?? '')}`,
      fix: 'Check ansible_port.',
      cause: error,
    });
  }
  return new ConnectError('connection-closed', `${label}: the handshake with ${at(host)} failed: ${clip(message)}`, {
    cause: error,
  });
}

export interface LoginFailure {
  host: ResolvedHost;
  label: string;
  plan: KeyPlan;
  attempts: Attempts;
  hasPassword: boolean;
  isJump: boolean;
  cause: Error | undefined;
}

export function explainLoginFailure(failure: LoginFailure): ConnectError {
  const { host, label, attempts, cause } = failure;
  const options = cause === undefined ? {} : { cause };
  if (attempts.passwordExpired) {
    return new ConnectError('password-expired', `${label}: the password of ${host.user} has expired`, {
      why: 'The server wants a new password, which only you can choose.',
      fix: `Log in by hand and change it:\nssh ${quote(`${host.user}@${host.originalName}`)}`,
      ...options,
    });
  }
  const tried = describeTried(failure);
  if (/too many authentication failures/i.test(cause?.message ?? '')) {
    return new ConnectError('too-many-keys', `${label}: the server had enough of our keys before the right one came`, {
      why: `Its MaxAuthTries allows few attempts. ${tried}`,
      fix: 'Name the right key: set ansible_ssh_private_key_file, or IdentityFile and IdentitiesOnly yes in ~/.ssh/config.',
      ...options,
    });
  }
  return new ConnectError('authentication-failed', `${label}: the login as ${host.user} was refused`, {
    why: tried,
    fix: describeFix(failure),
    ...options,
  });
}

export function explainClosed(failure: LoginFailure): ConnectError {
  const { host, label, cause } = failure;
  return new ConnectError('connection-closed', `${label}: ${at(host)} closed the connection during the login`, {
    why: [clip(cause?.message ?? ''), describeTried(failure)].filter((part) => part !== '').join('. '),
    ...(cause === undefined ? {} : { cause }),
  });
}

function describeTried({ attempts, hasPassword, plan }: LoginFailure): string {
  const keys = attempts.offered.length === 0 ? 'No key was offered.' : `Refused: ${attempts.offered.join(', ')}.`;
  const password = attempts.triedPassword
    ? ' The password was refused.'
    : hasPassword
      ? ' The password was not tried.'
      : '';
  const more =
    attempts.notOffered > 0 ? ` ${attempts.notOffered} more keys were not offered, to stay below MaxAuthTries.` : '';
  const unusable = plan.unusable.map(({ path, problem }) => ` ${path} ${problem}.`).join('');
  const accepts =
    attempts.accepted === undefined ? '' : ` The server accepts: ${attempts.accepted.map(clip).join(', ')}.`;
  return `${keys}${password}${more}${unusable}${accepts}`;
}

function describeFix({ host, attempts, hasPassword, isJump, plan }: LoginFailure): string {
  if (isJump) {
    return `A jump host uses its own settings, not those of the hosts behind it. Name its user and key in ~/.ssh/config:\nHost ${host.originalName}\n  User ${host.user}\n  IdentityFile ~/.ssh/id_ed25519`;
  }
  const exposed = plan.unusable.find(({ problem }) => problem.includes('chmod'));
  if (exposed !== undefined) return `chmod 600 ${quote(exposed.path)}`;
  if (attempts.triedPassword)
    return 'Correct the password (ansible_password, or -k to be asked), or the user (ansible_user).';
  const copy = `ssh-copy-id ${host.port === 22 ? '' : `-p ${host.port} `}${quote(`${host.user}@${host.host}`)}`;
  const more = hasPassword ? '' : ', or give a password (-k)';
  return `Set ansible_user and ansible_ssh_private_key_file${more}, or bring your key to the host:\n${copy}`;
}

/** Text of a server is untrusted and may be long. */
const clip = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
