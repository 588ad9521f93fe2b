import { Buffer } from 'node:buffer';
import { TemplateError } from '../errors.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { text } from './arguments.js';

/** Python's urlsplit, with the parts that Ansible shows. Throws TemplateError for a port that is no number. */
function splitUrl(url: string): Map<unknown, unknown> {
  const parts = urlParts(url);
  const port = parts.get('port');
  if (typeof port === 'string') throw new TemplateError(`Port could not be cast to integer value as '${port}'`);
  return parts;
}

/** The same, with a port that is no number as the text it is. */
export function urlParts(url: string): Map<unknown, unknown> {
  let rest = url.replace(/[\t\r\n]/g, '').replace(/^[\0-\x20]+/, '');
  const take = (separator: string): string => {
    const at = rest.indexOf(separator);
    if (at < 0) return '';
    const part = rest.slice(at + 1);
    rest = rest.slice(0, at);
    return part;
  };
  const scheme = /^([a-zA-Z][\w+.-]*):/.exec(rest)?.[1] ?? '';
  if (scheme !== '') rest = rest.slice(scheme.length + 1);
  const fragment = take('#');
  const query = take('?');
  let netloc = '';
  if (rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    netloc = end < 0 ? rest.slice(2) : rest.slice(2, end);
    rest = end < 0 ? '' : rest.slice(end);
  }
  const at = netloc.lastIndexOf('@');
  const [user, ...password] = at < 0 ? [] : netloc.slice(0, at).split(':');
  const hostPort = netloc.slice(at + 1);
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(hostPort) ?? [];
  const hostname = (bracketed ?? plain ?? '').toLowerCase();
  return new Map<unknown, unknown>([
    ['fragment', fragment],
    ['hostname', hostname === '' ? null : hostname],
    ['netloc', netloc],
    ['password', password.length > 0 ? password.join(':') : null],
    ['path', rest],
    ['port', port === undefined || port === '' ? null : /^\d+$/.test(port) ? Number(port) : port],
    ['query', query],
    ['scheme', scheme.toLowerCase()],
    ['username', user ?? null],
  ]);
}

/** Python's unquote_plus: what is no escape stays, what is no UTF-8 becomes the replacement character. */
const decodeUrl = (url: string): string =>
  url
    .replaceAll('+', ' ')
    .replace(/(?:%[\da-fA-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));

export const urlFilters: Readonly<Record<string, Filter>> = {
  urldecode: filter('', (value) => decodeUrl(str(value))),
  urlsplit: filter('query', (value, [component = '']) => {
    const parts = splitUrl(text(value, 'the value of urlsplit'));
    if (component === '') return parts;
    if (!parts.has(component)) throw new TemplateError(`urlsplit: unknown URL component: ${str(component)}`);
    return parts.get(component);
  }),
};
