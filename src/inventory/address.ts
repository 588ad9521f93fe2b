/**
 * What Ansible accepts as `host`, `host:port`, `[host]:port`, with ranges such as `[01:12]` in any part. The grammar is
 * that of ansible-core's parsing/utils/addresses: it decides whether a trailing `:22` is a port.
 */
const numericRange = String.raw`\[[0-9]+:[0-9]+(?::[0-9]+)?\]`;
const hexadecimalRange = String.raw`\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\]`;
const labelRange = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`;

const ipv4Part = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|${numericRange})`;
const ipv6Part = `(?:[0-9a-f]{1,4}|${hexadecimalRange})`;
const wordCharacter = String.raw`[\p{L}\p{N}_]`;
const label = `(?:${wordCharacter}|${labelRange})(?:[\\p{L}\\p{N}_-]|${labelRange})*(?<![_-])`;

const times = (part: string, count: string): string => `(?:${part}){${count}}`;

const ipv6Forms = [
  `${times(`${ipv6Part}:`, '7')}${ipv6Part}`,
  `${times(`${ipv6Part}:`, '1,6')}:`,
  ...[1, 2, 3, 4, 5, 6].map(
    (before) => `${times(`${ipv6Part}:`, String(before))}${times(`:${ipv6Part}`, `1,${7 - before}`)}`,
  ),
  `:${times(`:${ipv6Part}`, '1,6')}`,
  `${ipv6Part}?::`,
  `${times('0:', '6')}${times(`${ipv4Part}\\.`, '3')}${ipv4Part}`,
  `::(?:ffff:)?${times(`${ipv4Part}\\.`, '3')}${ipv4Part}`,
  `${times('0:', '5')}ffff:${times(`${ipv4Part}\\.`, '3')}${ipv4Part}`,
];

const ipv4 = new RegExp(`^${times(`${ipv4Part}\\.`, '3')}${ipv4Part}$`, 'iu');
const ipv6 = new RegExp(`^(?:${ipv6Forms.join('|')})$`, 'iu');
const hostname = new RegExp(`^${label}(?:\\.${label})*$`, 'iu');

/** Nearly every name and address; the forms above cost milliseconds when V8 first compiles them. */
const plain = /^(?:\w[\w-]*(?<![_-])\.)*\w[\w-]*(?<![_-])$/;

const bracketedPort = /^\[(.+)\]:([0-9]+)$/;
const plainPort = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/;

export interface Address {
  host: string;
  port: number | undefined;
}

/** Host and port of an address, or undefined where it is not one. Ranges stay unexpanded. */
export function parseAddress(text: string): Address | undefined {
  let host = text;
  let port: number | undefined;
  for (const form of [bracketedPort, plainPort]) {
    const match = form.exec(host);
    if (match === null) continue;
    host = match[1] ?? '';
    port = Number(match[2]);
  }
  const isAddress =
    plain.test(host) || ipv4.test(host) || hostname.test(host) || (host.includes(':') && ipv6.test(host));
  return isAddress ? { host, port } : undefined;
}
