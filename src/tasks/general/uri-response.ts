import { Buffer } from 'node:buffer';
import type { Mapping, Value } from '../../values/index.js';

export interface Response {
  status: number;
  reason: string;
  /** Names in lower case; several of one name are joined as RFC 9110 has it. */
  headers: Map<string, string>;
  /** In the order in which they were set. */
  cookies: [string, string][];
}

/** The last of the header blocks that `curl -D` wrote: those of proxies and of 100 Continue come before it. */
export function parseHead(head: string): Response {
  const blocks = head
    .replaceAll('\r\n', '\n')
    .split(/\n\n+/)
    .filter((block) => block.startsWith('HTTP/'));
  const [first = '', ...lines] = (blocks.at(-1) ?? '').split('\n');
  const [, status = '-1', reason = ''] = /^HTTP\/\S+ (\d+) ?(.*)$/.exec(first) ?? [];
  const headers = new Map<string, string>();
  const cookies: [string, string][] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:\s]+):[ \t]*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === '') continue;
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
    if (key !== 'set-cookie') continue;
    const [, cookie = '', content = ''] = /^\s*([^=;]+)=([^;]*)/.exec(value) ?? [];
    if (cookie !== '') cookies.push([cookie.trim(), content.trim()]);
  }
  return { status: Number(status), reason, headers, cookies };
}

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** What Ansible says of an answer: urllib calls everything outside of 2xx an error. */
export function messageOf({ status, reason, headers }: Response): string {
  if (status >= 200 && status < 300) return `OK (${headers.get('content-length') ?? 'unknown'} bytes)`;
  return `HTTP Error ${status}: ${reason === '' ? (reasons[status] ?? '') : reason}`;
}

/** Names with underscores, which templates can name. */
export function headerFields({ headers, cookies }: Response): Mapping {
  const fields: Mapping = {};
  for (const [name, value] of headers) fields[name.replaceAll('-', '_')] = value;
  fields.cookies = Object.fromEntries(cookies);
  fields.cookies_string = cookies.map(([name, value]) => `${name}=${value}`).join('; ');
  return fields;
}

/** Is the content JSON, by its type? */
export const isJson = (contentType: string): boolean =>
  /^[^/;]*\/(?:[^;+]*\+)?(?:json|javascript)\s*(?:;|$)/i.test(contentType);

export function decode(content: Uint8Array, contentType: string): string {
  const charset = /charset="?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(content);
  } catch {
    return Buffer.from(content).toString('utf8');
  }
}

/** The value that a text of JSON holds, undefined where it holds none. */
export function fromJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
