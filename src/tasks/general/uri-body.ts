import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { Float, isMapping, type Mapping, type Value } from '../../values/index.js';
import type { TaskContext } from '../task.js';
import { contentText } from './json.js';

export interface Body {
  content: Uint8Array;
  /** For requests that name no type of their own; `always` for one that holds a boundary. */
  contentType?: string;
  always?: boolean;
}

const ascii = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** JSON as Python's json.dumps writes it, keys in their order. */
export function dumps(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (typeof value === 'string') return ascii(value);
  if (value instanceof Float) return String(value);
  if (!isMapping(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${ascii(key)}: ${dumps(item)}`)
    .join(', ')}}`;
}

/** As Python's quote_plus. */
const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

function urlEncoded(body: Value): string {
  if (typeof body === 'string') return body;
  const pairs: [Value, Value][] = Array.isArray(body)
    ? body.map((pair) => {
        if (!Array.isArray(pair) || pair.length !== 2) {
          throw new KprovError('bad-argument', 'uri: a form-urlencoded body is a mapping or a list of pairs');
        }
        return [pair[0] ?? '', pair[1] ?? null];
      })
    : isMapping(body)
      ? Object.entries(body)
      : [];
  return pairs
    .flatMap(([name, values]) => (Array.isArray(values) ? values : [values]).map((value) => [name, value] as const))
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${encode(contentText(name))}=${encode(contentText(value))}`)
    .join('&');
}

const mimeTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  json: 'application/json',
  html: 'text/html',
  xml: 'text/xml',
  csv: 'text/csv',
  gz: 'application/x-gzip',
  tar: 'application/x-tar',
  zip: 'application/zip',
  png: 'image/png',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
};

const parameter = (name: string, value: string): string =>
  `; ${name}="${value.replace(/["\\]/g, '\\$&').replace(/[\r\n]/g, ' ')}"`;

function part(name: string, value: Value, context: TaskContext): string {
  if (!isMapping(value)) {
    return `Content-Type: text/plain\r\nContent-Disposition: form-data${parameter('name', name)}\r\n\r\n${contentText(value)}`;
  }
  const filename = typeof value.filename === 'string' && value.filename !== '' ? value.filename : undefined;
  const content = value.content === undefined || value.content === null ? '' : contentText(value.content);
  if (content === '' && filename === undefined) {
    throw new KprovError('bad-argument', 'uri: at least one of filename or content must be provided');
  }
  const suffix = filename?.split('.').at(-1)?.toLowerCase() ?? '';
  const given = typeof value.mime_type === 'string' && value.mime_type !== '' ? value.mime_type : undefined;
  const type = (given ?? mimeTypes[suffix] ?? 'application/octet-stream').replace(/[\r\n]/g, ' ');
  const disposition = `Content-Disposition: form-data${parameter('name', name)}${filename === undefined ? '' : parameter('filename', posix.basename(filename))}`;
  if (content !== '' || filename === undefined) return `Content-Type: ${type}\r\n${disposition}\r\n\r\n${content}`;
  const bytes = context.files.readBytes(context.find('files', filename));
  if (bytes === undefined) throw new KprovError('missing-file', `uri: cannot read ${filename}`);
  const encoded = Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n');
  return `Content-Transfer-Encoding: base64\r\nContent-Type: ${type}\r\n${disposition}\r\n\r\n${encoded}`;
}

function multipart(body: Value, context: TaskContext): Body {
  if (!isMapping(body)) throw new KprovError('bad-argument', 'uri: a form-multipart body is a mapping');
  const parts = Object.entries(body as Mapping)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => part(name, value, context));
  // Made of the content, so that it is in none of the parts but for a forger of SHA-256.
  const boundary = `===============${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)}==`;
  const content = Buffer.from(`${parts.map((each) => `--${boundary}\r\n${each}\r\n`).join('')}--${boundary}--\r\n`);
  return { content, contentType: `multipart/form-data; boundary="${boundary}"`, always: true };
}

export type BodyFormat = 'form-urlencoded' | 'json' | 'raw' | 'form-multipart';

/** What is sent; undefined: nothing. */
export function bodyOf(body: Value | undefined, format: BodyFormat, context: TaskContext): Body | undefined {
  if (format === 'form-multipart') return body === undefined ? undefined : multipart(body, context);
  if (format === 'json') {
    const text = typeof body === 'string' ? body : dumps(body ?? null);
    return { content: Buffer.from(text), contentType: 'application/json' };
  }
  if (body === undefined) return undefined;
  if (format === 'raw') return { content: Buffer.from(contentText(body)) };
  return { content: Buffer.from(urlEncoded(body)), contentType: 'application/x-www-form-urlencoded' };
}
