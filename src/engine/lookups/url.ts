import { execFileSync } from 'node:child_process';
import { KprovError } from '../../errors/index.js';
import { isMapping, type Mapping, parseBoolean, type Value } from '../../values/index.js';

const known = [
  'username',
  'password',
  'validate_certs',
  'split_lines',
  'headers',
  'timeout',
  'http_agent',
  'force_basic_auth',
  'force',
  'follow_redirects',
  'ca_path',
  'use_proxy',
];

/** Runs in a process of its own, because lookups are synchronous; the question comes by standard input, secrets and all. */
const asking = `
const { readFileSync } = require('node:fs');
const { url, headers, timeout, redirect } = JSON.parse(readFileSync(0, 'utf8'));
fetch(url, { headers, redirect, signal: AbortSignal.timeout(timeout * 1000) })
  .then(async (answer) => ({ status: answer.status, reason: answer.statusText, text: await answer.text() }))
  .catch((error) => ({ error: String(error.cause?.message ?? error.message) }))
  .then((said) => process.stdout.write(JSON.stringify(said)));
`;

interface Answer {
  status?: number;
  reason?: string;
  text?: string;
  error?: string;
}

function ask(url: string, kwargs: Mapping): string {
  const headers: Record<string, string> = { 'user-agent': String(kwargs.http_agent ?? 'ansible-httpget') };
  if (isMapping(kwargs.headers ?? null)) {
    for (const [name, value] of Object.entries(kwargs.headers as Mapping)) headers[name] = String(value);
  }
  if (kwargs.username !== undefined) {
    const pair = `${String(kwargs.username)}:${String(kwargs.password ?? '')}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  if (parseBoolean(kwargs.force) ?? false) headers['cache-control'] = 'no-cache';
  const follow = String(kwargs.follow_redirects ?? 'urllib2');
  const question = {
    url,
    headers,
    timeout: Number(kwargs.timeout ?? 10),
    redirect: ['no', 'none', 'False', 'false'].includes(follow) ? 'manual' : 'follow',
  };
  const env = {
    ...process.env,
    ...((parseBoolean(kwargs.validate_certs) ?? true)
      ? {}
      : { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' }),
    ...(kwargs.ca_path !== undefined && { NODE_EXTRA_CA_CERTS: String(kwargs.ca_path) }),
    ...((parseBoolean(kwargs.use_proxy) ?? true) ? {} : { NODE_USE_ENV_PROXY: '0' }),
  };
  const answer = JSON.parse(
    execFileSync(process.execPath, ['-e', asking], {
      input: JSON.stringify(question),
      encoding: 'utf8',
      env,
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  ) as Answer;
  if (answer.error !== undefined) throw new KprovError('url-failed', `Failed lookup url for ${url} : ${answer.error}`);
  const { status = 0, reason, text = '' } = answer;
  if (status < 200 || status > 299) {
    throw new KprovError('url-failed', `Received HTTP error for ${url} : HTTP Error ${status}: ${reason}`);
  }
  return text;
}

/** What is at the addresses, as the control machine sees it; line by line unless split_lines is off. */
export function urlLookup(terms: readonly Value[], kwargs: Mapping): Value[] {
  const unknown = Object.keys(kwargs).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new KprovError('bad-argument', `lookup url has no option ${unknown}`);
  const splits = parseBoolean(kwargs.split_lines) ?? true;
  return terms.flatMap((term) => {
    const url = String(term);
    if (!/^https?:\/\//i.test(url))
      throw new KprovError('bad-argument', `lookup url: ${url} is neither http nor https`);
    const text = ask(url, kwargs);
    return splits ? text.replace(/\r?\n$/, '').split(/\r?\n/) : [text];
  });
}
