import type { Inventory } from '../inventory/index.js';
import type { Loader } from '../playbook/index.js';
import type { Transport } from '../transport/index.js';
import type { Files, Redactor } from '../values/index.js';
import type { Conversation } from './conversation/conversation.js';
import type { Debugging } from './debugger/debugging.js';
import type { Listener } from './events.js';
import type { RunOptions } from './options.js';
import type { Stats } from './results/stats.js';
import type { Slots } from './scheduler/slots.js';
import type { Stepping } from './scheduler/stepping.js';
import type { Transfers } from './transfer/transfers.js';
import type { FactCache } from './variables/fact-cache.js';
import type { OncePrompts } from './variables/interaction.js';
import type { RunScope } from './variables/variables.js';

/** What everything in a run shares. */
export interface RunContext {
  options: RunOptions;
  scope: RunScope;
  transport: Transport;
  files: Files;
  redactor: Redactor;
  emit: Listener;
  stats: Stats;
  slots: Slots;
  transfers: Transfers;
  factCache: FactCache | undefined;
  prompts: OncePrompts;
  stepping: Stepping;
  debugging: Debugging;
  signal: AbortSignal;
  /** Interrupts the run, as from outside. */
  quit(): void;
  loader: Loader;
  conversations: Map<string, Conversation>;
  /** Reads the sources of the inventory anew; undefined where it has none that could change. */
  reloadInventory: (() => Promise<Inventory>) | undefined;
}
