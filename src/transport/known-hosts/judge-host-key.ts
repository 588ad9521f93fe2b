import { Buffer } from 'node:buffer';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { matchPatternList } from '../config/match-pattern.js';
import type { HostMatcher, KnownHost } from './parse-known-hosts.js';

/** The key a server showed. */
export interface ShownKey {
  type: string;
  /** Base64 of the key as it goes over the wire. */
  key: string;
}

export type Verdict =
  | { kind: 'known' }
  | { kind: 'revoked'; entry: KnownHost }
  /** The host is known, by other keys: of this type (`isSameType`) or only of others. */
  | { kind: 'changed'; entry: KnownHost; isSameType: boolean }
  | { kind: 'unknown'; authority: KnownHost | undefined };

/**
 * The name under which a server is kept: the alias, or the host with its port where that is not 22. As ssh does,
 * the bare host is looked for as well, after it.
 */
export function knownHostNames(host: string, port: number, alias: string | undefined): readonly [string, ...string[]] {
  if (alias !== undefined) return [alias.toLowerCase()];
  const name = host.toLowerCase();
  return port === 22 ? [name] : [`[${name}]:${port}`, name];
}

export function findKnownHosts(name: string, hosts: readonly KnownHost[]): KnownHost[] {
  return hosts.filter((entry) => isAbout(name, entry.hosts));
}

function isAbout(name: string, hosts: HostMatcher): boolean {
  if (hosts.kind === 'patterns') return matchPatternList(name, hosts.patterns);
  const hash = createHmac('sha1', hosts.salt).update(name).digest();
  return hash.length === hosts.hash.length && timingSafeEqual(hash, hosts.hash);
}

/** Judges a shown key by the lines found for each name of the host, in the order of the names. */
export function judgeHostKey(shown: ShownKey, found: readonly (readonly KnownHost[])[]): Verdict {
  const all = found.flat();
  const revoked = all.find((entry) => entry.marker === 'revoked' && entry.key === shown.key);
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const plain = found.map((entries) => entries.filter((entry) => entry.marker === 'none'));
  if (plain.flat().some((entry) => entry.key === shown.key)) return { kind: 'known' };
  // A line for the bare host says nothing about a server on another port of it, unless the key agrees.
  const own = plain[0] ?? [];
  const entry = own.find((e) => e.keyType === shown.type) ?? own[0];
  if (entry !== undefined) return { kind: 'changed', entry, isSameType: entry.keyType === shown.type };
  return { kind: 'unknown', authority: all.find((e) => e.marker === 'cert-authority') };
}

/** The types of the keys that are known of a host, for asking the server for one of them first. */
export const knownKeyTypes = (found: readonly (readonly KnownHost[])[]): Set<string> =>
  new Set(found.flat().flatMap((entry) => (entry.marker === 'none' ? [entry.keyType] : [])));

/** As `ssh-keygen -l` shows it. */
export const fingerprint = (key: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;

/** A line to add to known_hosts; `salt` (20 bytes) hides the name. */
export function formatKnownHost(name: string, shown: ShownKey, salt?: Buffer): string {
  const hidden =
    salt === undefined
      ? name
      : `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
  return `${hidden} ${shown.type} ${shown.key}\n`;
}
