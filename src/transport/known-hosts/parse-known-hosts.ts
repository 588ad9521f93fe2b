import { Buffer } from 'node:buffer';
import type { Diagnostic, Position } from '../../errors/index.js';

/** Whom a line is about: patterns in clear, or the salted hash of one name. */
export type HostMatcher =
  | { kind: 'patterns'; patterns: readonly string[] }
  | { kind: 'hash'; salt: Buffer; hash: Buffer };

/** One line of known_hosts. */
export interface KnownHost {
  marker: 'none' | 'revoked' | 'cert-authority';
  hosts: HostMatcher;
  keyType: string;
  /** Base64 of the key as it goes over the wire. */
  key: string;
  position: Position;
}

const MARKERS = new Map<string, KnownHost['marker']>([
  ['@revoked', 'revoked'],
  ['@cert-authority', 'cert-authority'],
]);

/** Parses a known_hosts file. A line that cannot be read is a warning and counts for nothing. */
export function parseKnownHosts(text: string, file: string): { hosts: KnownHost[]; diagnostics: Diagnostic[] } {
  const hosts: KnownHost[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const position = { file, line: index + 1, column: 1 };
    const parsed = parseLine(line, position);
    if (typeof parsed === 'object') hosts.push(parsed);
    else diagnostics.push({ severity: 'warning', code: 'bad-known-host', message: parsed, position });
  }
  return { hosts, diagnostics };
}

function parseLine(line: string, position: Position): KnownHost | string {
  const words = line.split(/[ \t]+/, 5);
  const isMarked = line.startsWith('@');
  const marker = isMarked ? MARKERS.get(words.shift() ?? '') : 'none';
  if (marker === undefined) return 'this marker of known_hosts is not known';
  const [names, keyType, key] = words;
  if (names === undefined || keyType === undefined || key === undefined)
    return 'this line of known_hosts is incomplete';
  const hosts = parseNames(names);
  if (hosts === undefined) return 'this hashed name of known_hosts is damaged';
  if (typeInside(key) !== keyType) return 'this key of known_hosts is damaged or of another type than it says';
  return { marker, hosts, keyType, key, position };
}

function parseNames(names: string): HostMatcher | undefined {
  if (!names.startsWith('|')) return { kind: 'patterns', patterns: names.toLowerCase().split(',') };
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(names) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return { kind: 'hash', salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** The type that the key itself begins with. */
function typeInside(base64: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const start = Buffer.from(base64.slice(0, 128), 'base64');
  if (start.length < 4) return undefined;
  const length = start.readUInt32BE(0);
  return length > 64 ? undefined : start.toString('latin1', 4, 4 + length);
}
