import type { ResolvedHost } from '../config/resolve-host.js';
import { ConnectError } from '../errors.js';
import type { HostKeyChecking } from '../types.js';
import { fingerprint, type ShownKey, type Verdict } from './judge-host-key.js';
import type { KnownHost } from './parse-known-hosts.js';

export interface CheckOptions {
  host: ResolvedHost;
  /** How the host is called in messages. */
  label: string;
  checking: HostKeyChecking;
  /** Its first name in known_hosts. */
  name: string;
  /** Whether it is only reached through a jump host. */
  isBehindJump: boolean;
  addTo: string | undefined;
}

/** What follows from a verdict: go on, go on and remember the key, or stop. */
export type Judgement = { kind: 'accept' } | { kind: 'learn' } | { kind: 'refuse'; error: ConnectError };

export function decideOnHostKey(verdict: Verdict, shown: ShownKey, options: CheckOptions): Judgement {
  const { checking } = options;
  if (verdict.kind === 'known') return { kind: 'accept' };
  if (verdict.kind === 'revoked') return { kind: 'refuse', error: revoked(verdict.entry, shown, options) };
  if (checking === 'off') return { kind: 'accept' };
  if (verdict.kind === 'changed') return { kind: 'refuse', error: changed(verdict, shown, options) };
  if (checking === 'accept-new') return { kind: 'learn' };
  return { kind: 'refuse', error: unknown(verdict.authority, shown, options) };
}

const describe = (shown: ShownKey): string => `${shown.type} ${fingerprint(shown.key)}`;
const place = ({ position }: KnownHost): string => `${position.file}:${position.line}`;

function revoked(entry: KnownHost, shown: ShownKey, { label }: CheckOptions): ConnectError {
  return new ConnectError('host-key-revoked', `the host key of ${label} is revoked`, {
    why: `${place(entry)} revokes the key it showed, ${describe(shown)}. Nothing was sent to log in.`,
    fix: 'Whoever answers there holds a key that must not be trusted. Give the host a new key before you go on.',
    position: entry.position,
  });
}

function changed(verdict: Verdict & { kind: 'changed' }, shown: ShownKey, options: CheckOptions): ConnectError {
  const { entry, isSameType } = verdict;
  const expected = isSameType
    ? `${place(entry)} has another ${entry.keyType} key, ${fingerprint(entry.key)}`
    : `${place(entry)} knows it by its ${entry.keyType} key, which it did not show`;
  return new ConnectError('host-key-changed', `the host key of ${options.label} has changed`, {
    why: `It showed ${describe(shown)}, but ${expected}. Somebody may be listening in, or the host was reinstalled. Nothing was sent to log in.`,
    fix: `Only if you know why it changed, remove the old key:\nssh-keygen -f ${quote(entry.position.file)} -R ${quote(options.name)}`,
    position: entry.position,
  });
}

function unknown(authority: KnownHost | undefined, shown: ShownKey, options: CheckOptions): ConnectError {
  const { host } = options;
  const authorityNote =
    authority === undefined
      ? ''
      : ` ${place(authority)} names a certificate authority for it, but host certificates are not supported.`;
  const port = host.port === 22 ? '' : `-p ${host.port} `;
  const command = options.isBehindJump
    ? `ssh ${port}${quote(host.originalName)} true`
    : `ssh-keyscan ${port}-t ${scanType(shown.type)} ${quote(host.host)} >> ${quote(options.addTo ?? '~/.ssh/known_hosts')}`;
  return new ConnectError('host-key-unknown', `the host key of ${options.label} is not known`, {
    why: `It showed ${describe(shown)}, and no known_hosts file has ${options.name}.${authorityNote} Nothing was sent to log in.`,
    fix: `Compare the fingerprint with the host's own, then add the key (or use --host-key-checking accept-new):\n${command}`,
  });
}

const scanType = (type: string): string =>
  type.startsWith('ecdsa') ? 'ecdsa' : type === 'ssh-ed25519' ? 'ed25519' : 'rsa';

/** Readable in a command for a person to paste. */
export const quote = (word: string): string =>
  /^(?:~\/)?[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
