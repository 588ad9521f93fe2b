import { createHmac } from 'node:crypto';
import { globMatcher } from '../../values/index.js';

interface Line {
  marker: string | undefined;
  hosts: string;
  type: string;
  key: string;
}

function parse(line: string): Line | undefined {
  const fields = line.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [hosts, type, key] = fields;
  if (hosts === undefined || hosts.startsWith('#') || type === undefined || key === undefined) return undefined;
  return { marker, hosts, type, key };
}

const hmac = (salt: Buffer, host: string): string => createHmac('sha1', salt).update(host).digest('base64');

/** Is the host among those that the line is about? As ssh-keygen -F sees it: hashed, listed, or by a pattern. */
function isAbout({ hosts }: Line, host: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts);
  if (hashed) return hmac(Buffer.from(hashed[1] ?? '', 'base64'), host) === hashed[2];
  const patterns = hosts.toLowerCase().split(',');
  const matches = (pattern: string) => globMatcher(pattern.replaceAll('[', '[[]'))(host);
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern));
}

/** The key with the host's name hashed. The salt is made of both, so that the same line comes out each time. */
function hashed(key: string, host: string): string {
  const fields = key.trim().split(/\s+/);
  const salt = createHmac('sha1', key.trim()).update(host).digest();
  fields[fields[0]?.startsWith('@') ? 1 : 0] = `|1|${salt.toString('base64')}|${hmac(salt, host)}`;
  return fields.join(' ');
}

export interface KnownHostsEdit {
  host: string;
  key: string | undefined;
  isHashed: boolean;
  state: 'present' | 'absent';
}

/** What is wrong with the key, if anything. */
export function keyProblem({ host, key, state }: KnownHostsEdit): string | undefined {
  if (key === undefined) return state === 'absent' ? undefined : 'No key specified when adding a host';
  if (/\S+\s*,/.test(host)) {
    return 'Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file.';
  }
  const line = parse(key);
  if (line === undefined || /[\r\n]/.test(key.trim())) return `the key is not a line of known_hosts: HOST TYPE KEY`;
  return isAbout(line, host.toLowerCase())
    ? undefined
    : 'Host parameter does not match hashed host field in supplied key';
}

/** The text of known_hosts with the key in it, or without; undefined where it stays as it is. */
export function editKnownHosts(text: string, edit: KnownHostsEdit): string | undefined {
  const host = edit.host.toLowerCase();
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const found = lines.flatMap((line, index) => {
    const parsed = parse(line);
    return parsed !== undefined && isAbout(parsed, host) ? [{ ...parsed, index }] : [];
  });
  if (edit.key === undefined) {
    if (found.length === 0) return undefined;
    return lines.filter((_, index) => !found.some((line) => line.index === index)).join('');
  }
  const key = (edit.isHashed ? hashed(edit.key, host) : edit.key.trim()).trim();
  const wanted = parse(key);
  const sameHost = (a: string, b: string) => a === b || (a.startsWith('|1|') && b.startsWith('|1|'));
  const isSame = (line: Line) =>
    line.type === wanted?.type &&
    line.key === wanted.key &&
    line.marker === wanted.marker &&
    sameHost(line.hosts, wanted.hosts);
  // The first line of the type decides, as in Ansible: it is the key, or it is replaced. Marked ones stay.
  const same = found.find((line) => isSame(line) || (line.marker === undefined && line.type === wanted?.type));
  if (edit.state === 'absent') {
    return same === undefined ? undefined : lines.filter((_, index) => index !== same.index).join('');
  }
  if (same !== undefined && isSame(same)) return undefined;
  const kept = lines.filter((_, index) => index !== same?.index);
  const last = kept.at(-1);
  return `${kept.join('')}${last === undefined || last.endsWith('\n') ? '' : '\n'}${key}\n`;
}
