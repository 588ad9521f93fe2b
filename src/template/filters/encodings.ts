import { Buffer } from 'node:buffer';
import { createHash, getHashes } from 'node:crypto';
import { TemplateError } from '../errors.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { text } from './arguments.js';

const encodings: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  ascii: 'ascii',
  'us-ascii': 'ascii',
  latin1: 'latin1',
  'latin-1': 'latin1',
  'iso-8859-1': 'latin1',
  'utf-16-le': 'utf16le',
  'utf-16le': 'utf16le',
};

function encodingOf(value: unknown): BufferEncoding {
  const name = text(value, 'encoding', 'utf-8').toLowerCase().replaceAll('_', '-');
  const encoding = Object.hasOwn(encodings, name) ? encodings[name] : undefined;
  if (encoding === undefined)
    throw new TemplateError(`unknown encoding '${name}'`, { fix: `use one of ${Object.keys(encodings).join(', ')}` });
  return encoding;
}

export function digest(value: string, algorithm: string): string {
  const name = algorithm
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^sha3-/, 'sha3-');
  const known = getHashes().find((each) => each.toLowerCase() === name);
  if (known === undefined)
    throw new TemplateError(`unsupported hash type ${algorithm}`, { fix: 'use sha1, sha256, sha512 or md5' });
  return createHash(known).update(value, 'utf8').digest('hex');
}

/** The namespace that Ansible's to_uuid uses. */
const ANSIBLE_NAMESPACE = '361E6D51-FAEC-444A-9079-341386DA8E2E';

function uuid5(name: string, namespace: string): string {
  const hex = namespace.replace(/^urn:uuid:/i, '').replace(/[{}-]/g, '');
  if (!/^[\da-f]{32}$/i.test(hex)) throw new TemplateError(`Invalid value '${namespace}' for 'namespace'`);
  const hash = createHash('sha1').update(Buffer.from(hex, 'hex')).update(name, 'utf8').digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const out = hash.toString('hex', 0, 16);
  return [out.slice(0, 8), out.slice(8, 12), out.slice(12, 16), out.slice(16, 20), out.slice(20)].join('-');
}

export const encodingFilters: Readonly<Record<string, Filter>> = {
  b64encode: filter('encoding', (value, [encoding]) =>
    Buffer.from(str(value), encodingOf(encoding)).toString('base64'),
  ),
  b64decode: filter('encoding', (value, [encoding]) => {
    const source = text(value, 'the value of b64decode');
    const clean = source.replace(/[^A-Za-z\d+/=]/g, '');
    if (clean.replace(/=+$/, '').length % 4 === 1 || clean.length % 4 !== 0) {
      throw new TemplateError('b64decode: the text is not base64', { code: 'bad-base64' });
    }
    return Buffer.from(clean, 'base64').toString(encodingOf(encoding));
  }),
  hash: filter('hashtype', (value, [type]) => digest(str(value), text(type, 'hashtype', 'sha1'))),
  md5: filter('', (value) => digest(str(value), 'md5')),
  sha1: filter('', (value) => digest(str(value), 'sha1')),
  checksum: filter('', (value) => digest(str(value), 'sha1')),
  to_uuid: filter('namespace', (value, [namespace]) =>
    uuid5(str(value), namespace === undefined ? ANSIBLE_NAMESPACE : str(namespace)),
  ),
};
