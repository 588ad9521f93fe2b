import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, anything, choice, flag, integer, list, path, text } from '../parameters.js';
import {
  defineTask,
  type Interpretation,
  type Outcome,
  type Program,
  program,
  type Report,
  type TaskContext,
} from '../task.js';
import { fileAttributes, furtherAttributes } from './file-attributes.js';
import { hostPath } from './host-path.js';
import { furtherHttpParameters, httpParameters } from './http.js';
import { withFailure } from './reported.js';
import { type Body, bodyOf } from './uri-body.js';
import { requestScript } from './uri-request.js';
import { decode, fromJson, headerFields, isJson, messageOf, parseHead } from './uri-response.js';
import { factsOf, ownership } from './written-file.js';

const statusCodes = list('The answers that are no failure.', { default: ['200'] });

const parameters = {
  url: text('What is asked for: http or https.', { required: true }),
  method: text('Method of the request, in capitals.', { default: 'GET' }),
  body: anything('What is sent: a text, or a mapping or list that body_format makes a text of.'),
  body_format: choice('What is made of the body.', ['form-urlencoded', 'json', 'raw', 'form-multipart'], {
    default: 'raw',
  }),
  src: path('File that is sent; looked for in files/, or on the host with remote_src.', { onHost: 'remote_src' }),
  remote_src: flag('Whether src is on the host.', { default: false }),
  dest: path('Where the content goes; in a directory it gets the name that the server or the URL gives it.'),
  status_code: {
    ...statusCodes,
    schema: { anyOf: [{ type: ['string', 'integer'] }, { type: 'array', items: { type: ['string', 'integer'] } }] },
    parse: (value: Parameters<typeof statusCodes.parse>[0]) => {
      const codes = statusCodes.parse(value);
      if (codes.some((code) => !/^-?\d+$/.test(code))) throw new RangeError('expected status codes');
      return codes;
    },
  },
  return_content: flag('Whether the content is part of the result.', { default: false }),
  follow_redirects: choice(
    'Which redirections are followed; safe: those of GET and HEAD.',
    ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
    { default: 'safe' },
  ),
  creates: path('A path on the host; where it is there nothing is asked for.'),
  removes: path('A path on the host; where it is not there nothing is asked for.'),
  force: flag('Whether dest is fetched although it is not older than what the server has.', { default: false }),
  unredirected_headers: list('Headers that are not sent again after a redirection.', { default: [] }),
  ca_path: path('Certificates of authorities, a PEM file on the host.'),
  unix_socket: path('Socket on the host to speak over.'),
  ...furtherHttpParameters,
  ...httpParameters,
  timeout: integer('Seconds to wait for the connection, and for further data.', { default: 30 }),
  ...ownership,
  ...fileAttributes,
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

/** Above this a body is uploaded beside the program. */
const MAX_INLINE_BYTES = 64 * 1024;

const isText = ({ content }: Body): boolean => {
  const bytes = Buffer.from(content);
  return !bytes.includes(0) && Buffer.from(bytes.toString('utf8')).equals(bytes);
};

function bodyFrom(args: Arguments, context: TaskContext): Body | undefined {
  if (args.src === undefined) return bodyOf(args.body, args.body_format, context);
  if (args.remote_src) return undefined;
  const content = context.files.readBytes(context.find('files', args.src));
  if (content === undefined) throw new KprovError('missing-file', `uri: cannot read ${args.src}`);
  return { content };
}

/** A content type belongs to the format, whatever is sent: Ansible sets it for a file, too. */
const contentTypeOf = (args: Arguments, body: Body | undefined): string | undefined =>
  body?.contentType ??
  (args.body_format === 'json'
    ? 'application/json'
    : args.body_format === 'form-urlencoded'
      ? 'application/x-www-form-urlencoded'
      : undefined);

function guards(args: Arguments): Script {
  const skip = (what: string): Script => sh`kp_set skipped ${what}; return 0`;
  return joinScripts([
    args.creates !== undefined &&
      sh`if [ -e ${hostPath(args.creates)} ]; then ${skip(`skipped, since '${args.creates}' exists`)}; fi`,
    args.removes !== undefined &&
      sh`if [ ! -e ${hostPath(args.removes)} ]; then ${skip(`skipped, since '${args.removes}' does not exist`)}; fi`,
    sh`command -v curl >/dev/null 2>&1 || { kp_fail 'uri needs curl on the host'; return 1; }
kp_folder=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }`,
  ]);
}

/** The name that the server gives the content, else the last part of the URL; never with a slash in it. */
const nameFromAnswer = sh`
kp_name=$(tr -d '\r' <"$kp_folder/head" | sed -n 's/^[Cc]ontent-[Dd]isposition:.*filename="\{0,1\}\([^";]*\).*/\1/p' | tail -n 1)
if [ -z "$kp_name" ]; then kp_name=$\{kp_url%%[?#]*}; kp_name=$\{kp_name#*://}; case $kp_name in */*) kp_name=$\{kp_name##*/} ;; *) kp_name= ;; esac; fi
kp_name=$\{kp_name##*/}
case $kp_name in '' | . | ..) kp_name=index.html ;; esac`;

/** Puts the content in place; Ansible calls that a change whatever was there before. */
const saving = (args: Arguments, dest: string): Script => sh`
${furtherAttributes(args)}
kp_dest=${hostPath(dest)}
if [ -d "$kp_dest" ]; then
${nameFromAnswer}
  kp_dest=$\{kp_dest%/}/$kp_name
fi
kp_set path "$kp_dest"
if [ -n "$kp_fine" ] && [ "$kp_status" != 304 ]; then
  kp_stat "$kp_dest"
  kp_apply
  if [ "$kp_type" = file ] && cmp -s "$kp_folder/body" "$kp_dest"; then
    kp_attributes "$kp_dest" ${args.mode} ${args.owner} ${args.group} || { rm -rf -- "$kp_folder"; return 1; }
  else
    kp_temp "$kp_dest"
    kp_try cp -- "$kp_folder/body" "$kp_tmp" && kp_install "$kp_tmp" "$kp_dest" ${args.mode} ${args.owner} ${args.group} ||
      { rm -rf -- "$kp_folder" "$kp_tmp"; return 1; }
  fi
  kp_facts "$kp_dest"
fi`;

function sending(args: Arguments, body: Body | undefined): Script {
  const hasBody = body !== undefined || args.src !== undefined;
  const headers: Mapping = { ...args.headers };
  if (body?.always) {
    for (const name of Object.keys(headers)) if (name.toLowerCase() === 'content-type') delete headers[name];
  }
  const follow = args.follow_redirects;
  const request = requestScript(
    {
      ...args,
      headers,
      hasBody,
      contentType: contentTypeOf(args, body),
      unredirected: args.unredirected_headers,
      follow: follow === 'yes' ? 'all' : follow === 'no' ? 'none' : follow,
    },
    args.force ? undefined : args.dest,
  );
  return joinScripts([
    request,
    sh`kp_fine=
case ${` ${args.status_code.join(' ')} `} in *" $kp_status "*) kp_fine=1 ;; esac
kp_open head; cat -- "$kp_folder/head"; kp_close
case ${args.return_content}/$kp_type in
1/* | */*json* | */*javascript*) kp_open content; cat -- "$kp_folder/body"; kp_close ;;
esac`,
    args.dest !== undefined && saving(args, args.dest),
    sh`rm -rf -- "$kp_folder"
[ -n "$kp_fine" ] || return 1`,
  ]);
}

function interpret(report: Report, args: Arguments): Interpretation {
  const skipped = report.text('skipped');
  if (skipped !== undefined) return { result: { stdout: skipped } };
  const status = Number(report.text('status'));
  if (report.text('status') === undefined) return { result: withFailure(report) };
  const answer = parseHead(report.text('head') ?? '');
  const type = answer.headers.get('content-type') ?? '';
  const bytes = report.bytes('content');
  const content = bytes && decode(bytes, type);
  const value = content !== undefined && isJson(type) ? fromJson(content) : undefined;
  const url = report.text('url') ?? args.url;
  const said = status === -1 ? `Request failed: ${(report.text('response') ?? '').trim()}` : messageOf(answer);
  const isFine = args.status_code.includes(String(status));
  const headers: Mapping = status === -1 ? { cookies: {}, cookies_string: '' } : headerFields(answer);
  const { location } = headers;
  const file = report.text('path');
  const facts = factsOf(report);
  const result: Mapping = {
    ...headers,
    ...(typeof location === 'string' && URL.canParse(location, url) && { location: new URL(location, url).href }),
    redirected: url !== args.url,
    url,
    status,
    elapsed: Number(report.text('elapsed') ?? 0),
    msg: isFine ? said : `Status code was ${status} and not [${args.status_code.join(', ')}]: ${said}`,
    ...(file !== undefined && { path: file, ...facts }),
    ...(value !== undefined && { json: value }),
    ...(args.return_content && { content: content ?? '' }),
  };
  // Asked for well and not saved: what has failed on the host is the reason.
  return { result: isFine ? withFailure(report, result) : result };
}

export const uri = defineTask({
  name: 'uri',
  summary: 'Asks a web service, with curl on the host.',
  description:
    'A dry run leaves it out: what a service answers cannot be foretold, and asking may change something. Bodies, headers ' +
    'and credentials are never in an argument of a program. Failed answers have their status in `status`; -1 is no answer.',
  parameters,
  atMostOne: [['body', 'src']],
  returns: {
    status: 'the status code; -1 where there was no answer',
    url: 'what was asked for last, after redirections',
    redirected: 'whether there were any',
    msg: 'what the server said',
    content: 'the text that came, with return_content',
    json: 'its value, where it is JSON',
    cookies: 'cookies that were set, by name',
    cookies_string: 'the same as a header would hold them',
    elapsed: 'seconds that it took',
    path: 'the file, with dest',
    content_type: 'every header of the answer stands under its name in lower case, with underscores',
  },
  example: `- uri:
    url: https://127.0.0.1:6443/healthz
    validate_certs: false
    return_content: true
  register: health
  until: health.status == 200 and health.content == 'ok'
  retries: 30
  delay: 2`,
  inCheckMode: 'skips',
  repeatable: false,
  compile: (args, context): Program | Outcome => {
    if (!/^[A-Z]+$/.test(args.method.toUpperCase())) {
      const msg = "Parameter 'method' needs to be a single word in uppercase, like GET or POST.";
      return { status: 'failed', result: { msg } };
    }
    if (!/^https?:\/\//i.test(args.url)) {
      return { status: 'failed', result: { status: -1, url: args.url, msg: `unknown url type: ${args.url}` } };
    }
    const upper = { ...args, method: args.method.toUpperCase() };
    const body = bodyFrom(upper, context);
    const before = joinScripts([
      guards(upper),
      upper.src !== undefined &&
        upper.remote_src &&
        sh`cp -- ${hostPath(upper.src)} "$kp_folder/send" 2>/dev/null || {
  rm -rf -- "$kp_folder"; kp_fail ${`Unable to open source file ${upper.src}`}; return 1
}`,
    ]);
    if (body === undefined || (body.content.length <= MAX_INLINE_BYTES && isText(body))) {
      const inline = body && sh`printf %s ${Buffer.from(body.content).toString('utf8')} >"$kp_folder/send"`;
      return program(joinScripts([before, inline, sending(upper, body)]));
    }
    return program(
      sh`${before}
kp_set folder "$kp_folder"`,
      {
        next: (report) => {
          const folder = report.text('folder');
          if (folder === undefined) return undefined;
          const script = sh`kp_folder=${folder}
${sending(upper, body)}`;
          return program(script, { uploads: [{ path: `${folder}/send`, content: body.content }] });
        },
      },
    );
  },
  interpret,
});
