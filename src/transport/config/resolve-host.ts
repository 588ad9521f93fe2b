import { join } from 'node:path';
import type { Diagnostic, Position } from '../../errors/index.js';
import type { HostKeyChecking } from '../types.js';
import { collectDirectives } from './collect-directives.js';
import { expandPath, expandTokens, type Tokens } from './expand-tokens.js';
import { interpretSettings } from './interpret-settings.js';
import type { Directive } from './parse-ssh-config.js';
import { isHostName } from './parse-values.js';

/** Where the settings of a host are looked up and expanded. */
export interface ResolveContext {
  homeDir: string;
  localUser: string;
  localHostName: string;
  env: Readonly<Record<string, string | undefined>>;
  /** In order of precedence: what was given explicitly, then the files. */
  lists: readonly (readonly Directive[])[];
}

/** One SSH server and how to reach it, with nothing left to look up. Paths are absolute. */
export interface ResolvedHost {
  /** As the user wrote it. */
  originalName: string;
  host: string;
  port: number;
  user: string;
  addressFamily: 4 | 6 | undefined;
  bindAddress: string | undefined;
  /** In order; `isDefault` ones were not asked for and may well be absent. */
  identityFiles: readonly { path: string; isDefault: boolean }[];
  identitiesOnly: boolean;
  /** Socket of the ssh agent. */
  agentSocket: string | undefined;
  forwardAgent: boolean;
  methods: { keys: boolean; password: boolean; keyboard: boolean };
  /** The names to look for in known_hosts, the first also for adding; see `knownHostNames`. */
  hostKeyAlias: string | undefined;
  hostKeyChecking: HostKeyChecking | undefined;
  userKnownHostsFiles: readonly string[];
  globalKnownHostsFiles: readonly string[];
  hashKnownHosts: boolean;
  connectTimeoutMs: number | undefined;
  keepaliveIntervalMs: number | undefined;
  keepaliveCountMax: number | undefined;
  proxyJump: string | undefined;
  proxyCommand: { text: string; position: Position } | undefined;
}

/** ssh's own order, without the keys on tokens that ssh2 cannot use. */
const DEFAULT_IDENTITIES = ['id_rsa', 'id_ecdsa', 'id_ed25519'].reverse();

/** Looks a name up in ssh_config. Pure: all files are already read. */
export function resolveHost(
  originalName: string,
  context: ResolveContext,
): { host: ResolvedHost; diagnostics: Diagnostic[] } {
  const collected = collectDirectives({ originalHost: originalName, localUser: context.localUser }, context.lists);
  const { settings, diagnostics: valueDiagnostics } = interpretSettings(collected);
  const diagnostics = [...collected.diagnostics, ...valueDiagnostics];

  const expand = (keyword: string, result: { text: string } | { problem: string }): string | undefined => {
    if ('text' in result) return result.text;
    const position = collected.first.get(keyword)?.position ?? collected.identityFiles[0]?.position;
    const message = `${keyword}: ${result.problem}`;
    diagnostics.push({ severity: 'error', code: 'bad-ssh-option', message, ...(position ? { position } : {}) });
    return undefined;
  };

  const host = expand('hostname', expandTokens(settings.hostName ?? '%h', { h: originalName })) ?? originalName;
  if (!isHostName(host)) {
    diagnostics.push({ severity: 'error', code: 'bad-host-name', message: `"${host}" cannot be the name of a host` });
  }
  const port = settings.port ?? 22;
  const user = settings.user ?? context.localUser;
  const tokens: Tokens = {
    d: context.homeDir,
    h: host,
    k: settings.hostKeyAlias ?? originalName,
    L: context.localHostName.split('.')[0] ?? '',
    l: context.localHostName,
    n: originalName,
    p: String(port),
    r: user,
    u: context.localUser,
  };
  const path = (keyword: string, text: string): string[] => {
    const expanded = expand(keyword, expandPath(text, tokens, context));
    return expanded === undefined ? [] : [expanded];
  };
  const paths = (keyword: string, texts: readonly string[]): string[] =>
    texts.filter((text) => text.toLowerCase() !== 'none').flatMap((text) => path(keyword, text));
  const inSshDir = (name: string): string => join(context.homeDir, '.ssh', name);
  const accepts = (method: string): boolean => settings.preferredAuthentications?.includes(method) ?? true;
  const isNone = (text: string | undefined): boolean => text?.toLowerCase() === 'none';

  return {
    diagnostics,
    host: {
      originalName,
      host,
      port,
      user,
      addressFamily: settings.addressFamily,
      bindAddress: settings.bindAddress,
      identityFiles:
        settings.identityFiles.length > 0
          ? [...new Set(paths('identityfile', settings.identityFiles))].map((p) => ({ path: p, isDefault: false }))
          : DEFAULT_IDENTITIES.map((name) => ({ path: inSshDir(name), isDefault: true })),
      identitiesOnly: settings.identitiesOnly ?? false,
      agentSocket: agentSocket(settings.identityAgent),
      forwardAgent: settings.forwardAgent ?? false,
      methods: {
        keys: (settings.mayUseKeys ?? true) && accepts('publickey'),
        password: (settings.mayUsePassword ?? true) && accepts('password'),
        keyboard: (settings.mayUseKeyboard ?? true) && accepts('keyboard-interactive'),
      },
      hostKeyAlias: settings.hostKeyAlias,
      hostKeyChecking: settings.hostKeyChecking,
      userKnownHostsFiles: settings.userKnownHostsFiles
        ? paths('userknownhostsfile', settings.userKnownHostsFiles)
        : [inSshDir('known_hosts'), inSshDir('known_hosts2')],
      globalKnownHostsFiles: settings.globalKnownHostsFiles
        ? paths('globalknownhostsfile', settings.globalKnownHostsFiles)
        : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
      hashKnownHosts: settings.hashKnownHosts ?? false,
      connectTimeoutMs: settings.connectTimeoutMs,
      keepaliveIntervalMs: settings.serverAliveIntervalMs,
      keepaliveCountMax: settings.serverAliveCountMax,
      proxyJump: isNone(settings.proxyJump)
        ? undefined
        : settings.proxyJump && expand('proxyjump', expandTokens(settings.proxyJump, tokens)),
      proxyCommand: proxyCommand(),
    },
  };

  function proxyCommand(): ResolvedHost['proxyCommand'] {
    const text = settings.proxyCommand;
    const position = collected.first.get('proxycommand')?.position;
    return text === undefined || position === undefined || isNone(text) ? undefined : { text, position };
  }

  function agentSocket(identityAgent: string | undefined): string | undefined {
    const standard = context.env.SSH_AUTH_SOCK || undefined;
    if (identityAgent === undefined || identityAgent === 'SSH_AUTH_SOCK') return standard;
    if (isNone(identityAgent)) return undefined;
    const [, variable] = /^\$(\w+)$/.exec(identityAgent) ?? [];
    if (variable !== undefined) return context.env[variable] || undefined;
    return path('identityagent', identityAgent)[0];
  }
}
