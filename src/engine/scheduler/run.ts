import type { Inventory } from '../../inventory/index.js';
import type { Loader, Playbook } from '../../playbook/index.js';
import type { Templar } from '../../template/index.js';
import { anySignal, type Transport } from '../../transport/index.js';
import type { Files, Mapping, Redactor } from '../../values/index.js';
import type { RunContext } from '../context.js';
import { Debugging } from '../debugger/debugging.js';
import type { HostStats, Listener } from '../events.js';
import type { RunOptions } from '../options.js';
import { Stats } from '../results/stats.js';
import { Transfers } from '../transfer/transfers.js';
import { constantsOf } from '../variables/constants.js';
import { FactCache, recalledStates } from '../variables/fact-cache.js';
import type { HostState } from '../variables/host-state.js';
import type { OncePrompts } from '../variables/interaction.js';
import type { RunScope } from '../variables/variables.js';
import { type Loss, runPlay } from './play.js';
import { Slots } from './slots.js';
import { Stepping } from './stepping.js';

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

export interface RunOutcome {
  stats: ReadonlyMap<string, HostStats>;
  /** Hosts that dropped out, and were not taken back by `meta: clear_host_errors`. */
  lost: ReadonlyMap<string, Loss>;
  interrupted: boolean;
}

/** Runs a checked playbook. Never throws for what hosts do; throws InputError for what only shows now (vars_files). */
export async function runPlaybook(request: RunRequest): Promise<RunOutcome> {
  const started = performance.now();
  const stats = new Stats();
  const { options, emit } = request;
  const factCache = options.factCache && new FactCache(options.factCache, request.templar);
  const states = factCache ? recalledStates(factCache, request.inventory, options) : new Map<string, HostState>();
  const stopping = new AbortController();
  const signal = anySignal(request.signal, stopping.signal);
  const scope: RunScope = {
    inventory: request.inventory,
    templar: request.templar,
    extraVars: request.extraVars,
    varsRoot: request.options.varsRoot,
    hashBehaviour: options.hashBehaviour,
    injectsFacts: options.injectsFacts ?? true,
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
    stepping: new Stepping(options.step === true),
    debugging: new Debugging(options.debugger),
    signal,
    quit: () => stopping.abort(),
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
      if (signal.aborted) break;
      const goesOn = await runPlay(run, { play, index, limit: request.limit, lost, seeking });
      for (const state of states.values()) factCache?.save(state);
      if (!goesOn) break;
    }
  } finally {
    await Promise.all([...run.conversations.values()].map((conversation) => conversation.close()));
  }
  const custom = [...stats.custom.values].map(
    ([owner, values]) => [owner, request.redactor.maskValue(values)] as const,
  );
  emit({
    type: 'run-finished',
    stats: stats.hosts,
    ...(custom.length > 0 && { customStats: new Map(custom) }),
    durationMs: performance.now() - started,
  });
  return { stats: stats.hosts, lost, interrupted: signal.aborted };
}
