import type { Diagnostic } from '../../errors/index.js';
import type { HostKeyChecking } from '../types.js';
import type { Collected } from './collect-directives.js';
import type { Directive } from './parse-ssh-config.js';
import { parseFlag, parsePort, parseSeconds } from './parse-values.js';

/** What ssh_config says about a host, in its own types; tokens and `~` are not expanded yet. */
export interface Settings {
  addressFamily?: 4 | 6;
  bindAddress?: string;
  connectTimeoutMs?: number;
  forwardAgent?: boolean;
  globalKnownHostsFiles?: readonly string[];
  hashKnownHosts?: boolean;
  hostKeyAlias?: string;
  hostName?: string;
  identitiesOnly?: boolean;
  identityAgent?: string;
  identityFiles: readonly string[];
  mayUseKeyboard?: boolean;
  mayUseKeys?: boolean;
  mayUsePassword?: boolean;
  port?: number;
  preferredAuthentications?: readonly string[];
  proxyCommand?: string;
  proxyJump?: string;
  serverAliveCountMax?: number;
  serverAliveIntervalMs?: number;
  hostKeyChecking?: HostKeyChecking;
  user?: string;
  userKnownHostsFiles?: readonly string[];
}

const CHECKING = new Map<string, HostKeyChecking>([
  ['yes', 'strict'],
  ['true', 'strict'],
  // Nobody is there to be asked in the middle of a run.
  ['ask', 'strict'],
  ['accept-new', 'accept-new'],
  ['no', 'off'],
  ['false', 'off'],
  ['off', 'off'],
]);

const FAMILIES = new Map<string, 4 | 6 | undefined>([
  ['any', undefined],
  ['inet', 4],
  ['inet6', 6],
]);

/** Reads the values of the collected directives; what cannot be read is an error with its place. */
export function interpretSettings({ first, identityFiles }: Collected): {
  settings: Settings;
  diagnostics: Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const bad = (directive: Directive, expected: string): undefined => {
    const value = directive.arguments.join(' ');
    const message = `${directive.keyword} "${value}" should be ${expected}`;
    diagnostics.push({ severity: 'error', code: 'bad-ssh-option', message, position: directive.position });
  };
  const word = (keyword: string): string | undefined => first.get(keyword)?.arguments[0];
  const words = (keyword: string): readonly string[] | undefined => first.get(keyword)?.arguments;
  const read = <T>(keyword: string, parse: (text: string) => T | undefined, expected: string): T | undefined => {
    const directive = first.get(keyword);
    if (directive === undefined) return undefined;
    return parse(directive.arguments[0] ?? '') ?? bad(directive, expected);
  };
  const flag = (keyword: string): boolean | undefined => read(keyword, parseFlag, 'yes or no');
  const count = (text: string): number | undefined => (/^\d{1,6}$/.test(text) ? Number(text) : undefined);
  const milliseconds = (keyword: string): number | undefined => {
    if (word(keyword)?.toLowerCase() === 'none') return undefined;
    const seconds = read(keyword, parseSeconds, 'a time, such as 10 or 1m30s');
    return seconds === undefined ? undefined : seconds * 1000;
  };
  const family = first.get('addressfamily');
  if (family !== undefined && !FAMILIES.has(word('addressfamily')?.toLowerCase() ?? ''))
    bad(family, 'any, inet or inet6');

  const settings = {
    addressFamily: FAMILIES.get(word('addressfamily')?.toLowerCase() ?? ''),
    bindAddress: word('bindaddress'),
    connectTimeoutMs: milliseconds('connecttimeout'),
    // A path or variable names the agent to forward; ours is the one that is used to log in.
    forwardAgent: read('forwardagent', parseFlag, 'yes or no'),
    globalKnownHostsFiles: words('globalknownhostsfile'),
    hashKnownHosts: flag('hashknownhosts'),
    hostKeyAlias: word('hostkeyalias'),
    hostName: word('hostname'),
    identitiesOnly: flag('identitiesonly'),
    identityAgent: word('identityagent'),
    identityFiles: identityFiles.flatMap((directive) => directive.arguments.slice(0, 1)),
    mayUseKeyboard: flag('kbdinteractiveauthentication'),
    mayUseKeys: readKeysFlag(),
    mayUsePassword: flag('passwordauthentication'),
    port: read('port', parsePort, 'a number from 1 to 65535'),
    preferredAuthentications: word('preferredauthentications')?.split(','),
    proxyCommand: first.get('proxycommand')?.raw,
    proxyJump: word('proxyjump'),
    serverAliveCountMax: read('serveralivecountmax', count, 'a number'),
    serverAliveIntervalMs: milliseconds('serveraliveinterval'),
    hostKeyChecking: read('stricthostkeychecking', (t) => CHECKING.get(t.toLowerCase()), 'yes, accept-new, no or ask'),
    user: word('user'),
    userKnownHostsFiles: words('userknownhostsfile'),
  };
  return { settings: withoutUndefined(settings), diagnostics };

  function readKeysFlag(): boolean | undefined {
    // `unbound` and `host-bound` only say how a signature is bound to the session.
    const isBinding = /^(?:un|host-)bound$/i.test(word('pubkeyauthentication') ?? '');
    return isBinding ? true : flag('pubkeyauthentication');
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Partial<Defined<T>> & Pick<Settings, 'identityFiles'>;
function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
}
