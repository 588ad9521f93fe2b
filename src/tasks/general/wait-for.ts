import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping, Value } from '../../values/index.js';
import { type ArgumentsOf, choice, integer, list, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { awkRegex } from './awk-regex.js';
import { connectionStates, drained } from './drained.js';
import { asBytes, bytesSearch } from './python-match.js';
import { withFailure } from './reported.js';
import { factsOf } from './written-file.js';

const parameters = {
  host: text('Address that the host connects to.', { default: '127.0.0.1' }),
  port: integer('TCP port.'),
  path: path('A path that is to be there, or not.'),
  state: choice(
    'What is waited for: started and present, stopped and absent, or drained: no connections to the port any more.',
    ['absent', 'drained', 'present', 'started', 'stopped'],
    {
      default: 'started',
    },
  ),
  search_regex: text('Expression that a line of the file, or of what the port says, matches.'),
  timeout: integer('Seconds until it is a failure.', { default: 300 }),
  delay: integer('Seconds to wait first.', { default: 0 }),
  sleep: integer('Seconds between two looks.', { default: 1 }),
  connect_timeout: integer('Seconds for one connection.', { default: 5 }),
  exclude_hosts: list('With drained: hosts whose connections do not count.'),
  active_connection_states: list('With drained: states of connections that count.', {
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
  }),
  msg: text('Message of the failure.'),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

/** kp_tcp HOST PORT SECONDS: does something accept connections? kp_talk prints what it says. */
const probes = sh`
kp_limit() { if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi; }
kp_tcp() {
  if command -v bash >/dev/null 2>&1; then
    kp_limit "$3" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" >/dev/null 2>&1
  elif command -v nc >/dev/null 2>&1; then
    kp_limit "$3" nc -w "$3" "$1" "$2" </dev/null >/dev/null 2>&1
  else
    curl -s --connect-timeout "$3" --max-time "$3" "telnet://$1:$2" </dev/null >/dev/null 2>&1
    case $? in 5 | 6 | 7) return 1 ;; 28) return 1 ;; *) return 0 ;; esac
  fi
}
kp_talk() {
  if command -v bash >/dev/null 2>&1; then
    kp_limit "$3" bash -c 'exec 3<>"/dev/tcp/$0/$1" && cat <&3' "$1" "$2" 2>/dev/null
  elif command -v nc >/dev/null 2>&1; then kp_limit "$3" nc -w "$3" "$1" "$2" 2>/dev/null
  else curl -s --max-time "$3" "telnet://$1:$2" 2>/dev/null
  fi
}
if ! command -v bash >/dev/null 2>&1 && ! command -v nc >/dev/null 2>&1 && ! command -v curl >/dev/null 2>&1; then
  kp_fail 'none of bash, nc and curl is on this host: wait_for cannot look at a port'
  return 1
fi`;

/** Prints the first line that matches. */
const matches = (expression: string) =>
  sh`KP_RE=${expression} awk '($0 "\n") ~ ENVIRON["KP_RE"] { print; found = 1; exit } END { exit !found }'`;

/** Shell command that is true once what is waited for has come about. */
function condition(args: Arguments): Script {
  const isGone = args.state === 'absent' || args.state === 'stopped';
  const expression = args.search_regex === undefined ? undefined : awkRegex(args.search_regex);
  if (args.search_regex !== undefined && expression === undefined) {
    throw new KprovError(
      'unsupported',
      `wait_for: search_regex ${args.search_regex} needs what awk on the host does not have`,
    );
  }
  if (args.path !== undefined) {
    const found =
      expression === undefined
        ? sh`[ -e ${args.path} ]`
        : sh`{ [ -f ${args.path} ] && kp_found=$(${matches(expression)} <${args.path}); }`;
    return isGone ? sh`! ${found}` : found;
  }
  if (args.state === 'drained') return sh`kp_drained`;
  const target = sh`${args.host} ${args.port} ${args.connect_timeout}`;
  if (isGone) return sh`! kp_tcp ${target}`;
  return expression === undefined ? sh`kp_tcp ${target}` : sh`kp_found=$(kp_talk ${target} | ${matches(expression)})`;
}

/** In the words of Ansible. */
function problemOf({ path, port, state, exclude_hosts, active_connection_states }: Arguments): string | undefined {
  if (path !== undefined && state === 'stopped') return 'state=stopped should only be used for checking a port';
  if (path !== undefined && state === 'drained') {
    return 'state=drained should only be used for checking a port in the wait_for module';
  }
  if (exclude_hosts !== undefined && state !== 'drained') return 'exclude_hosts should only be with state=drained';
  if (port === undefined && state === 'drained') return 'state=drained needs a port';
  const unknown = active_connection_states.find((each) => !Object.hasOwn(connectionStates, each));
  return unknown === undefined ? undefined : `unknown active_connection_state (${unknown}) defined`;
}

function timedOut(args: Arguments): string {
  if (args.msg !== undefined) return args.msg;
  const where = args.path ?? `${args.host}:${args.port}`;
  if (args.search_regex !== undefined) return `Timeout when waiting for search string ${args.search_regex} in ${where}`;
  const isGone = args.state === 'absent' || args.state === 'stopped';
  if (args.path !== undefined) return `Timeout when waiting for ${isGone ? 'absence of ' : ''}file ${args.path}`;
  if (args.state === 'drained') return `Timeout when waiting for ${where} to drain`;
  return `Timeout when waiting for ${where}${isGone ? ' to stop.' : ''}`;
}

function groupsOf(expression: string | undefined, line: string | undefined): Mapping {
  const found = expression === undefined || line === undefined ? null : bytesSearch(expression)(`${asBytes(line)}\n`);
  const text = (group: string | undefined): Value =>
    group === undefined ? null : Buffer.from(group, 'latin1').toString();
  return {
    match_groups: (found ?? []).slice(1).map(text),
    match_groupdict: Object.fromEntries(
      Object.entries(found?.groups ?? {}).map(([name, group]) => [name, text(group)]),
    ),
  };
}

export const waitFor = defineTask({
  name: 'wait_for',
  summary: 'Waits on the host for a port, a file, or a time.',
  parameters,
  atMostOne: [['port', 'path']],
  returns: {
    elapsed: 'seconds',
    state: 'as given; of a path what it is, with its mode and owner',
    port: 'as given',
    path: 'as given',
    mode: 'of a path, its permissions; likewise',
    owner: 'the name of its owner',
    group: 'the name of its group',
    uid: 'the number of its owner',
    gid: 'the number of its group',
    size: 'bytes',
    match_groups: 'the groups of search_regex',
    match_groupdict: 'its named groups',
  },
  example: `- wait_for: {port: 6443, timeout: 120}`,
  inCheckMode: 'skips',
  compile: (args) => {
    const wrong = problemOf(args);
    if (wrong !== undefined) throw new KprovError('bad-argument', `wait_for: ${wrong}`);
    const begin = sh`kp_begin=$(date +%s)
sleep ${args.delay}`;
    const end = sh`kp_set elapsed $(($(date +%s) - kp_begin))`;
    if (args.port === undefined && args.path === undefined) {
      return program(joinScripts([begin, sh`sleep ${Math.max(0, args.timeout - args.delay)}`, end]));
    }
    return program(
      joinScripts([
        args.port !== undefined &&
          (args.state === 'drained'
            ? drained({
                host: args.host,
                port: args.port,
                states: args.active_connection_states,
                excluded: args.exclude_hosts ?? [],
              })
            : probes),
        begin,
        sh`while :; do
  if ${condition(args)}; then
    ${end}
    ${args.search_regex !== undefined && sh`kp_set found "$kp_found"`}
    ${args.path !== undefined && sh`kp_stat ${args.path}; kp_facts ${args.path}`}
    return 0
  fi
  if [ $(($(date +%s) - kp_begin)) -ge ${args.timeout} ]; then
    ${end}
    kp_fail ${timedOut(args)}
    return 1
  fi
  sleep ${args.sleep}
done`,
      ]),
    );
  },
  interpret: (report, args) => ({
    result: withFailure(report, {
      elapsed: Number(report.text('elapsed') ?? 0),
      state: args.state,
      port: args.port ?? null,
      path: args.path ?? null,
      search_regex: args.search_regex ?? null,
      ...groupsOf(args.search_regex, report.text('found')),
      ...factsOf(report),
    }),
  }),
});
