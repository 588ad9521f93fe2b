const UNIT_SECONDS = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/** A time of ssh_config(5), such as `90`, `1m30s`; in seconds, undefined where it is none. */
export function parseSeconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhdw]?)+$/i.test(text) || text.length > 64) return undefined;
  let seconds = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
    seconds += Number(count) * (UNIT_SECONDS.get(unit.toLowerCase()) ?? 0);
  }
  return seconds;
}

/** `yes`, `no`, `true` or `false`; undefined for anything else. */
export function parseFlag(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === 'yes' || word === 'true') return true;
  return word === 'no' || word === 'false' ? false : undefined;
}

export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** `[user@]host[:port]`, also as `ssh://…`, with an IPv6 address in brackets. */
export interface Destination {
  user?: string;
  host: string;
  port?: number;
}

export function parseDestination(text: string): Destination | undefined {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? undefined : bare.slice(0, at);
  const place = splitPort(bare.slice(at + 1));
  if (user === '' || place === undefined || !isHostName(place.host)) return undefined;
  const port = place.port === undefined ? undefined : parsePort(place.port);
  if (place.port !== undefined && port === undefined) return undefined;
  return { host: place.host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

function splitPort(place: string): { host: string; port?: string } | undefined {
  if (place.startsWith('[')) {
    const end = place.indexOf(']');
    const rest = place.slice(end + 1);
    if (end < 0 || (rest !== '' && !rest.startsWith(':'))) return undefined;
    return { host: place.slice(1, end), ...(rest === '' ? {} : { port: rest.slice(1) }) };
  }
  const colon = place.indexOf(':');
  if (colon < 0 || place.indexOf(':', colon + 1) >= 0) return { host: place };
  return { host: place.slice(0, colon), port: place.slice(colon + 1) };
}

/** Whether a text can name a host: not empty, not an option, without blanks, quotes and control characters. */
export const isHostName = (text: string): boolean =>
  text.length > 0 && text.length <= 255 && /^[^\s\p{Cc}'"`$\\;&<>|(){}@-][^\s\p{Cc}'"`$\\;&<>|(){}@]*$/u.test(text);
