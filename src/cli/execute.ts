import { homedir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { type Listener, type RunOptions, type RunOutcome, runPlaybook } from '../engine/index.js';
import type { Loader, Playbook } from '../playbook/index.js';
import { masked } from '../report/masked.js';
import type { DialledAhead } from '../transport/index.js';
import type { ConnectionFlags } from './options.js';
import { prepareVault } from './prepare-vault.js';
import { engineSettings } from './settings/engine-settings.js';
import { connectionDefaults, makeTransport, type Setup } from './setup.js';

export interface Execution {
  setup: Setup;
  playbook: Playbook;
  loader: Loader;
  flags: ConnectionFlags;
  options: Pick<
    RunOptions,
    'checkMode' | 'diffMode' | 'tags' | 'startAtTask' | 'forceHandlers' | 'configFile' | 'lock' | 'step'
  >;
  /** Gets the events with secrets masked. */
  listen: Listener;
  signal: AbortSignal;
  dialledAhead?: DialledAhead;
}

/** Runs a checked playbook on the hosts and closes every connection. */
export async function execute(execution: Execution): Promise<RunOutcome> {
  const { setup, playbook, loader, flags, signal } = execution;
  // What lives short is small here: without this V8 would rather take 48 MB than look through it more often. Before it,
  // while playbook and inventory are read, the default saves it every second look.
  setFlagsFromString('--semi-space-growth-factor=1');
  const connection = await connectionDefaults(flags, setup, signal);
  await prepareVault(setup);
  const emit = masked((text) => setup.redactor.mask(text), execution.listen);
  const transport = makeTransport(flags, setup, signal, {
    warn: (message) => emit({ type: 'notice', level: 'warning', message }),
    dialledAhead: execution.dialledAhead,
  });
  try {
    return await runPlaybook({
      playbook,
      loader,
      inventory: setup.inventory,
      reloadInventory: setup.reloadInventory,
      limit: setup.limit,
      extraVars: setup.extraVars,
      options: {
        ...engineSettings(setup.settings),
        flushesCache: flags.flushCache ?? false,
        ...execution.options,
        ...(flags.forks !== undefined && { forks: flags.forks }),
        connection,
        verbosity: flags.verbose,
        workingDirectory: process.cwd(),
        homeDirectory: homedir(),
      },
      templar: setup.templar,
      transport,
      files: setup.files,
      redactor: setup.redactor,
      prompts: setup.prompts,
      emit,
      signal,
    });
  } finally {
    await transport.close();
  }
}
