import { type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, dictionary, flag, integer, list, path, text } from '../parameters.js';

/** Parameters of every task that speaks HTTP. */
export const httpParameters = {
  headers: dictionary('Headers of the request.'),
  timeout: integer('Seconds to wait for the connection, and for further data.', { default: 10 }),
  url_username: text('User for basic authentication.', { aliases: ['user', 'username'] }),
  url_password: text('Its password.', { aliases: ['password'], secret: true }),
  force_basic_auth: flag('Accepted: credentials are always sent with the first request.', { default: false }),
  validate_certs: flag('Whether the certificate of the server is checked.', { default: true }),
  use_proxy: flag('Whether the proxy of the environment is used.', { default: true }),
  http_agent: text('Name of the client.', { default: 'ansible-httpget' }),
} as const;

/** Parameters of the tasks that speak it in full. */
export const furtherHttpParameters = {
  decompress: flag('Whether an answer that the server has compressed is unpacked.', { default: true }),
  ciphers: list('TLS ciphers.'),
  client_cert: path('Certificate of the client, a PEM file on the host.'),
  client_key: path('Its key.'),
  use_gssapi: flag('Whether Kerberos authenticates.', { default: false }),
  use_netrc: flag('Whether ~/.netrc is read where there is no url_username.', { default: true }),
} as const;

export interface HttpArguments extends Partial<ArgumentsOf<typeof furtherHttpParameters>> {
  headers: Mapping | undefined;
  timeout: number;
  url_username: string | undefined;
  url_password: string | undefined;
  validate_certs: boolean;
  use_proxy: boolean;
  http_agent: string;
}

/** What a download without any wishes is made with. */
export const plainHttp: HttpArguments = {
  headers: undefined,
  timeout: 30,
  url_username: undefined,
  url_password: undefined,
  validate_certs: true,
  use_proxy: true,
  http_agent: 'ansible-httpget',
};

const word = (value: string): string =>
  `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;

/** A configuration for `curl -K -`: it goes to curl's standard input, so that no secret is in an argument. */
export function curlConfig(
  url: string,
  args: HttpArguments,
  more: readonly (readonly [string, string?])[] = [],
): string {
  const options: (readonly [string, string?])[] = [
    ['url', url],
    ['user-agent', args.http_agent],
    ['connect-timeout', String(args.timeout)],
    ['speed-limit', '1'],
    ['speed-time', String(args.timeout)],
    ...Object.entries(args.headers ?? {}).map(([name, value]) => ['header', `${name}: ${String(value)}`] as const),
    ...more,
  ];
  if (args.url_username !== undefined) options.push(['user', `${args.url_username}:${args.url_password ?? ''}`]);
  if (!args.validate_certs) options.push(['insecure']);
  if (!args.use_proxy) options.push(['noproxy', '*']);
  if (args.decompress) options.push(['compressed']);
  if (args.ciphers && args.ciphers.length > 0) options.push(['ciphers', args.ciphers.join(':')]);
  if (args.client_cert !== undefined) options.push(['cert', args.client_cert]);
  if (args.client_key !== undefined) options.push(['key', args.client_key]);
  return options.map(([name, value]) => (value === undefined ? `${name}\n` : `${name} = ${word(value)}\n`)).join('');
}

/** GNU wget's counterpart of it, for --config=/dev/stdin. */
function wgetConfig(args: HttpArguments): string {
  const lines = [`timeout = ${args.timeout}`, `user_agent = ${args.http_agent}`, 'tries = 1'];
  for (const [name, value] of Object.entries(args.headers ?? {})) lines.push(`header = ${name}: ${String(value)}`);
  if (args.url_username !== undefined) lines.push(`user = ${args.url_username}`, 'auth_no_challenge = on');
  if (args.url_password !== undefined) lines.push(`password = ${args.url_password}`);
  if (!args.validate_certs) lines.push('check_certificate = off');
  if (!args.use_proxy) lines.push('use_proxy = off');
  if (args.ciphers && args.ciphers.length > 0) lines.push(`ciphers = ${args.ciphers.join(':')}`);
  if (args.client_cert !== undefined) lines.push(`certificate = ${args.client_cert}`);
  if (args.client_key !== undefined) lines.push(`private_key = ${args.client_key}`);
  if (args.decompress) lines.push('compression = auto');
  if (args.use_netrc === false) lines.push('netrc = off');
  return `${lines.join('\n')}\n`;
}

/** Busybox's wget has no configuration; what it cannot do is refused there. */
const isPlain = (args: HttpArguments): boolean =>
  args.url_username === undefined &&
  args.headers === undefined &&
  args.validate_certs &&
  args.use_proxy &&
  (args.ciphers ?? []).length === 0 &&
  args.client_cert === undefined &&
  !args.use_gssapi;

/** A shell function of that name: downloads the URL to the file that is its argument (- is standard output). */
export function getFunction(name: Script, url: string, args: HttpArguments): Script {
  const curl = curlConfig(url, args, [
    ['location'],
    ['fail'],
    ['silent'],
    ['show-error'],
    ...(args.use_gssapi ? ([['negotiate'], ['user', ':']] as const) : []),
    ...(args.use_netrc && args.url_username === undefined ? ([['netrc-optional']] as const) : []),
  ]);
  return sh`
${name}() {
  if command -v curl >/dev/null 2>&1; then
    printf %s ${curl} | curl -K - -o "$1"
  elif command -v wget >/dev/null 2>&1; then
    case $(wget --version 2>/dev/null) in
    *'GNU Wget'*)
      if [ -n ${args.use_gssapi} ]; then echo 'wget knows no Kerberos: install curl' >&2; return 1; fi
      printf %s ${wgetConfig(args)} | wget --config=/dev/stdin -nv -O "$1" -- ${url} ;;
    *)
      if [ -z ${isPlain(args)} ]; then
        echo 'the wget of this host knows no headers, credentials, proxies, ciphers or unchecked certificates: install curl' >&2
        return 1
      fi
      wget -q -T ${args.timeout} -U ${args.http_agent} -O "$1" ${url} ;;
    esac
  else
    echo 'neither curl nor wget is on this host' >&2
    return 127
  fi
}`;
}
