import { type Diagnostic, sortDiagnostics } from '../../errors/index.js';
import type { Target } from '../types.js';
import { parseProxyCommand } from './parse-proxy-command.js';
import { parseSshArguments, type SshArguments } from './parse-ssh-arguments.js';
import type { Directive } from './parse-ssh-config.js';
import { parseDestination } from './parse-values.js';
import type { ConfigFiles } from './read-config-files.js';
import { type ResolveContext, type ResolvedHost, resolveHost } from './resolve-host.js';

const COMMON_ARGS = 'ansible_ssh_common_args';
const LONGEST_ROUTE = 8;

export interface RouteContext extends Omit<ResolveContext, 'lists'> {
  /** Reads ssh_config once per file; `undefined` for the standard ones. */
  configFiles(file: string | undefined): ConfigFiles;
}

/** The servers on the way, the target last. */
export interface Route {
  hops: readonly ResolvedHost[];
  diagnostics: readonly Diagnostic[];
}

/** Where to go, under which explicit settings and by which configuration file. */
interface Stop {
  name: string;
  explicit: readonly Directive[];
  configFile: string | undefined;
}

/**
 * Finds the way to a target through its jump hosts. As with ssh, options of the target do not hold for its jump
 * hosts: each of them looks up its own. Only `-F` is handed on.
 */
export function resolveRoute(target: Target, context: RouteContext): Route {
  const args = parseSshArguments(target.commonArgs ?? '', { file: COMMON_ARGS, line: 1, column: 1 });
  const diagnostics: Diagnostic[] = [...args.diagnostics];
  if (args.operands.length > 0) {
    const message = `"${args.operands.join(' ')}" in ${COMMON_ARGS} is not an option`;
    diagnostics.push({ severity: 'error', code: 'unsupported-ssh-option', message });
  }
  const explicit = [...directivesOfTarget(target), ...args.directives];
  const hops = follow({ name: target.address, explicit, configFile: args.configFile }, []);
  return { hops, diagnostics: sortDiagnostics(diagnostics) };

  function lookUp(stop: Stop): ResolvedHost {
    const files = context.configFiles(stop.configFile);
    const resolved = resolveHost(stop.name, { ...context, lists: [stop.explicit, ...files.lists] });
    diagnostics.push(...files.diagnostics, ...resolved.diagnostics);
    return resolved.host;
  }

  /** The hops to a stop, itself included. `trail` are the stops that lead here, to see circles. */
  function follow(stop: Stop, trail: readonly string[]): ResolvedHost[] {
    const host = lookUp(stop);
    const here = `${host.user}@${host.host}:${host.port}`;
    if (trail.length >= LONGEST_ROUTE || trail.includes(here)) {
      const message = `the jump hosts of ${target.name} lead in a circle or over more than ${LONGEST_ROUTE} hosts`;
      diagnostics.push({ severity: 'error', code: 'bad-proxy-jump', message });
      return [host];
    }
    return [...jumpsTo(host, stop, [...trail, here]), host];
  }

  function jumpsTo(host: ResolvedHost, stop: Stop, trail: readonly string[]): ResolvedHost[] {
    if (host.proxyJump !== undefined) {
      const stops = host.proxyJump.split(',').map((hop) => stopOf(hop, stop.configFile));
      return followChain(
        stops.flatMap((s) => s ?? []),
        host,
        trail,
      );
    }
    if (host.proxyCommand === undefined) return [];
    const command = parseProxyCommand(host.proxyCommand.text, host.proxyCommand.position);
    if ('diagnostics' in command) {
      diagnostics.push(...command.diagnostics);
      return [];
    }
    const hop = stopOf(command.jump.destination, stop.configFile, command.jump.arguments);
    return followChain(hop === undefined ? [] : [hop], host, trail);
  }

  /** The first hop may have jump hosts of its own, the others are reached through the one before them. */
  function followChain(stops: readonly Stop[], host: ResolvedHost, trail: readonly string[]): ResolvedHost[] {
    return stops.flatMap((given, index) => {
      const stop = index === 0 ? given : withoutJump(given);
      const hop = lookUp(stop);
      // `Host *` with a ProxyJump also covers the jump host, which is not reached through itself.
      return hop.host === host.host && hop.port === host.port ? [] : follow(stop, trail);
    });
  }

  function stopOf(text: string, configFile: string | undefined, args?: SshArguments): Stop | undefined {
    const destination = parseDestination(text.trim());
    if (destination === undefined) {
      const message = `jump host "${text.trim()}" should be [user@]host[:port]`;
      diagnostics.push({ severity: 'error', code: 'bad-proxy-jump', message });
      return undefined;
    }
    const { host, user, port } = destination;
    const explicit = [...directivesOf(text, { User: user, Port: port }), ...(args?.directives ?? [])];
    return { name: host, explicit, configFile: args?.configFile ?? configFile };
  }
}

const directivesOfTarget = (target: Target): Directive[] =>
  directivesOf(target.name, { Port: target.port, User: target.user, IdentityFile: target.privateKeyFile });

function directivesOf(where: string, values: Record<string, string | number | undefined>): Directive[] {
  const position = { file: where, line: 1, column: 1 };
  return Object.entries(values).flatMap(([keyword, value]) =>
    value === undefined
      ? []
      : [{ keyword: keyword.toLowerCase(), arguments: [String(value)], raw: String(value), position }],
  );
}

const withoutJump = (stop: Stop): Stop => ({
  ...stop,
  explicit: [...directivesOf(stop.name, { ProxyJump: 'none' }), ...stop.explicit],
});
