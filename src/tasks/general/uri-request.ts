import { type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { hostPath } from './host-path.js';
import { curlConfig, type HttpArguments } from './http.js';

export interface Request extends Omit<HttpArguments, 'headers' | 'url_username' | 'url_password'> {
  url: string;
  method: string;
  headers: Mapping;
  unredirected: readonly string[];
  hasBody: boolean;
  /** Of the body, where the headers name none. */
  contentType: string | undefined;
  follow: 'all' | 'none' | 'safe' | 'urllib2';
  url_username: string | undefined;
  url_password: string | undefined;
  force_basic_auth: boolean;
  use_netrc: boolean;
  use_gssapi: boolean;
  ca_path: string | undefined;
  unix_socket: string | undefined;
}

const word = (value: string): string =>
  `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
const lines = (options: readonly (readonly [string, string?])[]): string =>
  options.map(([name, value]) => (value === undefined ? `${name}\n` : `${name} = ${word(value)}\n`)).join('');
const header = (name: string, value: string) => ['header', `${name}: ${value}`.replace(/[\r\n]+/g, ' ')] as const;

/** What every request of the chain is made with. */
function base(request: Request): string {
  const whole = { ...request, headers: undefined, url_username: undefined, url_password: undefined };
  // The first line of curlConfig is the URL, which is another one after a redirection.
  const common = curlConfig('', whole).replace(/^url = .*\n/, '');
  const more: (readonly [string, string?])[] = [
    ['proto', '=http,https'],
    ['globoff'],
    ['silent'],
    ['show-error'],
    header('Expect', ''),
  ];
  if (request.ca_path !== undefined) more.push(['cacert', request.ca_path]);
  if (request.unix_socket !== undefined) more.push(['unix-socket', request.unix_socket]);
  if (request.use_netrc && request.url_username === undefined) more.push(['netrc-optional']);
  return common + lines(more);
}

function credentials(request: Request): string {
  if (request.use_gssapi) return lines([['negotiate'], ['user', ':']]);
  if (request.url_username === undefined) return '';
  const user = ['user', `${request.url_username}:${request.url_password ?? ''}`] as const;
  return lines(request.force_basic_auth ? [user, ['basic']] : [user]);
}

interface Headers {
  /** Sent with every request. */
  plain: string;
  /** Gone with the body. */
  content: string;
  /** Gone with the first redirection. */
  first: string;
}

function headersOf(request: Request): Headers {
  const unredirected = new Set(request.unredirected.map((name) => name.toLowerCase()));
  const made: Record<keyof Headers, (readonly [string, string])[]> = { plain: [], content: [], first: [] };
  const names = Object.keys(request.headers).map((name) => name.toLowerCase());
  for (const [name, value] of Object.entries(request.headers)) {
    const kind = unredirected.has(name.toLowerCase())
      ? 'first'
      : /^content-(type|length)$|^transfer-encoding$/i.test(name)
        ? 'content'
        : 'plain';
    made[kind].push(header(name, String(value)));
  }
  if (!names.includes('content-type')) {
    if (request.contentType !== undefined) made.content.push(header('Content-Type', request.contentType));
    else if (!request.hasBody) made.content.push(header('Content-Type', ''));
  }
  return { plain: lines(made.plain), content: lines(made.content), first: lines(made.first) };
}

/** `true` where a redirection with the status kp_status is followed; it also says what becomes of method and body. */
const redirecting = (follow: Request['follow']): Script => {
  const dropped = sh`kp_m=GET kp_body=`;
  switch (follow) {
    case 'none':
      return sh`return 1`;
    case 'urllib2':
      return sh`
case $kp_m/$kp_status in
GET/30[1237] | HEAD/30[1237] | POST/30[123]) [ "$kp_m" = HEAD ] || { ${dropped}; } ;;
*) return 1 ;;
esac`;
    default:
      return sh`
case $kp_m in GET | HEAD) ;; *) [ ${follow} = all ] || return 1 ;; esac
case $kp_m/$kp_status in HEAD/*) ;; */30[23] | POST/301) ${dropped} ;; */30[178]) ;; *) return 1 ;; esac`;
  }
};

/**
 * Sends the request and follows where it is sent to. The directory kp_folder holds the body as `send`; the answer is
 * left in it as `head` and `body`. Sets kp_status (-1: there was no answer, and kp_out says why), kp_url and kp_type.
 * Nothing secret is in an argument: curl reads its configuration from its standard input. `since` is a file that the
 * answer must be newer than.
 */
export function requestScript(request: Request, since: string | undefined): Script {
  const { plain, content, first } = headersOf(request);
  const method = sh`
  case $kp_m in
  HEAD) printf 'head\n' ;;
  GET) [ -z "$kp_body" ] || printf 'request = "GET"\n' ;;
  POST) [ -n "$kp_body" ] || printf 'request = "POST"\n' ;;
  *) printf 'request = "%s"\n' "$kp_m" ;;
  esac
  if [ -n "$kp_body" ]; then printf 'data-binary = "@%s"\n' "$kp_folder/send"
  else case $kp_m in POST | PUT | PATCH) printf 'data-raw = ""\n' ;; esac
  fi`;
  return sh`
kp_config() {
  printf 'url = %s\n' "$kp_quoted"
  printf %s ${base(request)}${plain}
  [ "$kp_hop" != 0 ] || printf %s ${first}
  if [ -n "$kp_body" ] || [ "$kp_hop" = 0 ]; then printf %s ${content}
  else printf '%s\n' 'header = "Content-Type:"'
  fi
  case $kp_url in "$kp_origin" | "$kp_origin"[/?#]*) printf %s ${credentials(request)} ;; esac
  printf 'cookie = "%s"\ncookie-jar = "%s"\n' "$kp_folder/jar" "$kp_folder/jar"
${method}
}
kp_follow() {
  [ -n "$kp_location" ] || return 1
${redirecting(request.follow)}
}
set --
${since === undefined ? sh`` : sh`[ ! -f ${hostPath(since)} ] || set -- -z ${hostPath(since)}`}
: >"$kp_folder/jar"
kp_url=${request.url} kp_quoted=${word(request.url)} kp_m=${request.method} kp_body=${request.hasBody} kp_hop=0
kp_origin=${origin(request.url)}
kp_begin=$(date +%s)
while :; do
  rm -f -- "$kp_folder/head" "$kp_folder/body"
  : >"$kp_folder/head"; : >"$kp_folder/body"
  kp_out=$(kp_config | curl -q -K - -D "$kp_folder/head" -o "$kp_folder/body" -w '%{http_code}\n%{redirect_url}\n%{content_type}\n' "$@" 2>"$kp_folder/error") || {
    case $kp_out in 000* | '') kp_out=$(cat -- "$kp_folder/error"); kp_status=-1; break ;; esac
  }
  kp_status=$\{kp_out%%"$kp_nl"*}
  kp_location=$\{kp_out#*"$kp_nl"}
  kp_type=$\{kp_location#*"$kp_nl"}; kp_type=$\{kp_type%%"$kp_nl"*}
  kp_location=$\{kp_location%%"$kp_nl"*}
  kp_follow || break
  case $kp_location in *[\"\\]*) break ;; esac
  kp_hop=$((kp_hop + 1))
  if [ "$kp_hop" -gt 10 ]; then kp_status=-1 kp_out='too many redirections'; break; fi
  kp_url=$kp_location kp_quoted="\"$kp_location\""
done
kp_set elapsed "$(($(date +%s) - kp_begin))"
kp_set status "$kp_status"
kp_set url "$kp_url"
if [ "$kp_status" = -1 ]; then kp_set response "$kp_out"; fi`;
}

const origin = (url: string): string => /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? url;
