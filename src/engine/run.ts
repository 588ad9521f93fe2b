import { dirname } from 'node:path';
import { KprovError } from '../errors/index.js';
import { type Inventory, matchHosts } from '../inventory/index.js';
import type { Loader, Node, Play, Playbook, Task } from '../playbook/index.js';
import type { Templar, Variables } from '../template/index.js';
import type { Transport } from '../transport/index.js';
import { type Files, type Mapping, mapping, type Redactor, type Value } from '../values/index.js';
import type { RunContext } from './context.js';
import { dialAhead } from './dial-ahead.js';
import type { HostStats, Listener } from './events.js';
import { HostState } from './host-state.js';
import { countOf, flagOf, renderedKeyword } from './keyword.js';
import type { RunOptions } from './options.js';
import { hasFatalTasks, PlayRun, tasksOf } from './play-run.js';
import { Slots } from './slots.js';
import { Stats } from './stats.js';
import { Transfers } from './transfer/transfers.js';
import { FactCache } from './variables/fact-cache.js';
import type { OncePrompts } from './variables/interaction.js';
import { type PlayScope, type RunScope, variablesOf } from './variables/variables.js';
import { readVarsFiles } from './variables/vars-files.js';
import { askForVariables } from './variables/vars-prompt.js';

export interface RunRequest {
  playbook: Playbook;
  loader: Loader;
  inventory: Inventory;
  /** For `meta: refresh_inventory`; throws InputError. */
  reloadInventory?: () => Promise<Inventory>;
  /** `--limit`. */
  limit: readonly string[];
  extraVars: Mapping;
  options: RunOptions;
  templar: Templar;
  transport: Transport;
  files: Files;
  redactor: Redactor;
  prompts: OncePrompts;
  emit: Listener;
  signal: AbortSignal;
}

export type Loss = 'failed' | 'unreachable';

export interface RunOutcome {
  stats: ReadonlyMap<string, HostStats>;
  /** Hosts that dropped out, and were not taken back by `meta: clear_host_errors`. */
  lost: ReadonlyMap<string, Loss>;
  interrupted: boolean;
}

function constantsOf(request: RunRequest): Mapping {
  const { options } = request;
  return mapping({
    ansible_version: mapping({ full: '2.17.0', major: 2, minor: 17, revision: 0, string: '2.17.0' }),
    ansible_check_mode: options.checkMode,
    ansible_diff_mode: options.diffMode,
    ansible_verbosity: options.verbosity,
    ansible_forks: options.forks ?? request.inventory.hosts.size,
    ansible_run_tags: options.tags.only.length === 0 ? ['all'] : [...options.tags.only],
    ansible_skip_tags: [...options.tags.skip],
    ansible_managed: 'Ansible managed',
    // Inventories give it to hosts that are this machine, where tasks need no Python.
    ansible_playbook_python: '/usr/bin/python3',
    ansible_config_file: options.configFile ?? null,
    ...(request.limit.length > 0 && { ansible_limit: request.limit.join(',') }),
    ...inventoryPlace(request.inventory),
  });
}

function inventoryPlace(inventory: Inventory): Mapping {
  const file = inventory.sources[0]?.file;
  if (file === undefined || file.includes(',')) return {};
  return {
    inventory_file: file,
    inventory_dir: dirname(file),
    ansible_inventory_sources: inventory.sources.map((s) => s.file),
  };
}

/** What a fact cache knows about the hosts, those that no play is about too. Throws KprovError for a file it cannot read. */
function recalledStates({ inventory, options }: RunRequest, cache: FactCache | undefined): Map<string, HostState> {
  const states = new Map<string, HostState>();
  if (cache === undefined) return states;
  for (const name of new Set([...inventory.hosts.keys(), 'localhost'])) {
    if (options.flushesCache) cache.forget(name);
    const state = new HostState(name);
    cache.load(state);
    if (state.facts.size > 0) states.set(name, state);
  }
  return states;
}

/** Runs a checked playbook. Never throws for what hosts do; throws InputError for what only shows now (vars_files). */
export async function runPlaybook(request: RunRequest): Promise<RunOutcome> {
  const started = performance.now();
  const stats = new Stats();
  const { options, emit } = request;
  const factCache = options.factCache && new FactCache(options.factCache, request.templar);
  const states = recalledStates(request, factCache);
  const scope: RunScope = {
    inventory: request.inventory,
    templar: request.templar,
    extraVars: request.extraVars,
    states,
    constants: constantsOf(request),
    workingDirectory: request.options.workingDirectory,
  };
  const run: RunContext = {
    options,
    scope,
    transport: request.transport,
    files: request.files,
    redactor: request.redactor,
    emit,
    stats,
    slots: new Slots(options.forks ?? Number.POSITIVE_INFINITY),
    transfers: new Transfers({ handsOn: options.handsOn === true }),
    factCache,
    prompts: request.prompts,
    signal: request.signal,
    loader: request.loader,
    reloadInventory: request.reloadInventory,
    conversations: new Map(),
  };
  const lost = new Map<string, Loss>();
  const seeking = new Set(options.startAtTask === undefined ? [] : request.inventory.hosts.keys());
  emit({
    type: 'run-started',
    hosts: [...request.inventory.hosts.keys()],
    checkMode: options.checkMode,
    diffMode: options.diffMode,
  });
  try {
    for (const [index, play] of request.playbook.plays.entries()) {
      if (request.signal.aborted) break;
      const goesOn = await runPlay(run, request, { play, index, lost, seeking });
      for (const state of states.values()) factCache?.save(state);
      if (!goesOn) break;
    }
  } finally {
    await Promise.all([...run.conversations.values()].map((conversation) => conversation.close()));
  }
  emit({ type: 'run-finished', stats: stats.hosts, durationMs: performance.now() - started });
  return { stats: stats.hosts, lost, interrupted: request.signal.aborted };
}

interface PlayRequest {
  play: Play;
  index: number;
  /** Hosts that failed or were unreachable in an earlier play. */
  lost: Map<string, Loss>;
  seeking: Set<string>;
}

/** Gives false where nothing is to follow: as in Ansible a batch of which no host is left ends the run. */
async function runPlay(
  run: RunContext,
  request: RunRequest,
  { play, index, lost, seeking }: PlayRequest,
): Promise<boolean> {
  await askForVariables(run, play);
  const about = { index, name: nameOf(run, play), position: play.position };
  // `order` is that of the batches alone.
  const { named, order } = hostsOf(run, request, play);
  const asListed = named.filter((host) => !lost.has(host));
  const hosts = inOrder(asListed, order);
  if (hosts.length === 0) {
    run.emit({ type: 'play-skipped', play: about, reason: 'no hosts matched' });
    return true;
  }
  const alive = new Set(hosts);
  let current: PlayRun | undefined;
  let batchHosts: readonly string[] = hosts;
  const scope: PlayScope = {
    run: run.scope,
    play,
    fileVars: mapping(),
    hosts: () => {
      const takesPart = (host: string): boolean => alive.has(host) && !current?.hasLost(host);
      return { all: asListed, alive: asListed.filter(takesPart), batch: batchHosts.filter(takesPart) };
    },
    awaitAll: (asking) => current?.awaitAll(asking),
    dynamicNames: dynamicNamesOf(play),
    orderOf: (host) => current?.orderOf(host),
    awaitHost: (asking, other) => current?.awaitHost(asking, other),
  };
  readVarsFiles(run, scope);
  const { templar } = run.scope;
  const variables = variablesOf({ play: scope, host: hosts[0] ?? '' });
  const strategy = renderedKeyword(play.strategy, { templar, variables });
  const anyErrorsFatal = flagOf(play.keywords.anyErrorsFatal, false, templar, variables);
  const maxFailPercentage = countOf(play.maxFailPercentage, templar, variables);
  const forceHandlers = flagOf(play.forceHandlers, run.options.forceHandlers, templar, variables);
  const gather = flagOf(play.gatherFacts, true, templar, variables) ? gatherTask(play) : undefined;

  let allFailed = false;
  for (const batch of batchesOf(
    hosts,
    play.serial.flatMap((count) => renderedKeyword(count, { templar, variables }) ?? []),
  )) {
    if (run.signal.aborted) break;
    batchHosts = batch;
    run.emit({ type: 'play-started', play: about, hosts: batch });
    current = new PlayRun({
      run,
      scope,
      hosts: batch,
      gather,
      forceHandlers,
      inStep:
        String(strategy).replace('ansible.builtin.', '') === 'linear' ||
        anyErrorsFatal ||
        maxFailPercentage !== undefined ||
        hasFatalTasks(nodesOf(play)),
      anyErrorsFatal,
      maxFailPercentage,
      seeking,
      takeBack: () => {
        for (const host of named) lost.delete(host);
      },
    });
    dialAhead(run, scope, batch, gather ?? nodesOf(play)[0]);
    await current.go();
    for (const host of current.hosts) {
      if (!host.seeking) seeking.delete(host.host);
      if (!host.failure && !host.unreachable) continue;
      lost.set(host.host, host.unreachable ? 'unreachable' : 'failed');
      alive.delete(host.host);
    }
    if (current.fatal) for (const host of batch) lost.set(host, lost.get(host) ?? 'failed');
    allFailed = current.fatal || current.hosts.every((host) => host.failure || host.unreachable);
    if (current.endsPlay || allFailed) break;
  }
  run.emit({ type: 'play-finished', play: about });
  return !allFailed;
}

function nameOf(run: RunContext, play: Play): string {
  try {
    return String(
      run.scope.templar.render(play.name, {
        get: (name) => {
          const layer = [run.scope.extraVars, play.vars].find((vars) => Object.hasOwn(vars, name));
          return layer && { value: layer[name], template: true };
        },
        names: () => [],
      }),
    );
  } catch {
    return play.name;
  }
}

function hostsOf(
  run: RunContext,
  request: RunRequest,
  play: Play,
): { named: readonly string[]; order: Value | undefined } {
  const { extraVars, templar } = run.scope;
  const variables: Variables = {
    get: (name) => {
      if (Object.hasOwn(extraVars, name)) return { value: extraVars[name], template: true };
      if (name === 'groups') {
        return {
          value: Object.fromEntries([...run.scope.inventory.groups].map(([g, { hosts }]) => [g, [...hosts]])),
          template: false,
        };
      }
      return Object.hasOwn(play.vars, name) ? { value: play.vars[name], template: true } : undefined;
    },
    names: () => [...Object.keys(extraVars), ...Object.keys(play.vars), 'groups'],
  };
  const pattern = templar.render(play.hosts, variables);
  const order = renderedKeyword(play.order, { templar, variables });
  const patterns = (Array.isArray(pattern) ? pattern : [pattern]).map(String);
  const { hosts, diagnostics } = matchHosts(run.scope.inventory, patterns, [...request.limit]);
  for (const { message } of diagnostics)
    run.emit({ type: 'notice', level: 'warning', message, position: play.position });
  return { named: hosts, order };
}

/** Every order is as likely as any other (Fisher and Yates). */
function shuffled(hosts: readonly string[]): string[] {
  const mixed: string[] = [];
  for (const host of hosts) {
    const at = Math.floor(Math.random() * (mixed.length + 1));
    mixed.push(mixed[at] ?? host);
    mixed[at] = host;
  }
  return mixed;
}

function inOrder(hosts: readonly string[], order: Value | undefined): string[] {
  if (order === 'reverse_inventory') return [...hosts].reverse();
  if (order === 'sorted') return [...hosts].sort();
  if (order === 'reverse_sorted') return [...hosts].sort().reverse();
  if (order === 'shuffle') return shuffled(hosts);
  return [...hosts];
}

/** `serial`: numbers or percentages of the hosts, the last one repeated. */
export function batchesOf(hosts: readonly string[], serial: readonly Value[]): string[][] {
  if (serial.length === 0) return [[...hosts]];
  const batches: string[][] = [];
  for (let at = 0, i = 0; at < hosts.length; i++) {
    const wanted = serial[Math.min(i, serial.length - 1)];
    const text = String(wanted);
    const share = text.endsWith('%') ? Math.floor((hosts.length * Number(text.slice(0, -1))) / 100) : Number(text);
    if (!Number.isFinite(share))
      throw new KprovError('bad-serial', `serial: ${text} is neither a number nor a percentage`);
    const size = share <= 0 ? (text.endsWith('%') ? 1 : hosts.length) : Math.floor(share);
    batches.push(hosts.slice(at, at + size));
    at += size;
  }
  return batches;
}

const nodesOf = (play: Play): Node[] => [
  ...play.preTasks,
  ...play.roleTasks,
  ...play.tasks,
  ...play.postTasks,
  ...play.handlers,
];

const opensUp = new Set(['include_tasks', 'include_role', 'include_vars', 'add_host']);

/** What tasks of the play register or set; undefined where includes may bring more. */
function dynamicNamesOf(play: Play): Set<string> | undefined {
  const names = new Set<string>();
  for (const task of tasksOf(nodesOf(play))) {
    if (opensUp.has(task.action)) return undefined;
    if (task.register !== undefined) names.add(task.register);
    if (task.action !== 'set_fact') continue;
    if (task.variableArgs !== undefined) return undefined;
    for (const name of Object.keys(task.args)) {
      if (name.includes('{{')) return undefined;
      names.add(name);
    }
  }
  return names;
}

/** The task that gathers facts before a play. */
function gatherTask(play: Play): Task {
  const { keywords, position } = play;
  const args: Mapping = {};
  if (play.gatherSubset !== undefined) args.gather_subset = play.gatherSubset;
  if (play.factPath !== undefined) args.fact_path = play.factPath;
  return {
    ...keywords,
    kind: 'task',
    id: `facts:${position.file}:${position.line}`,
    name: 'Gathering Facts',
    action: 'setup',
    args,
    when: play.gatherWhen,
    tags: [...keywords.tags, 'always'],
    position,
    at: () => position,
    listen: [],
    isHandler: false,
    varsChain: [],
    includeParams: [],
    scope: {
      inherited: keywords,
      varsChain: [],
      includeParams: [],
      fileChain: [position.file],
      directory: play.directory,
      isHandler: false,
    },
  };
}
