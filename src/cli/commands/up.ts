import { dialAhead } from '../dial-ahead.js';
import { readInputs } from '../inputs.js';
import type { RunFlags } from '../options.js';
import { settledRun } from '../settings/index.js';
import type { Setup } from '../setup.js';

export interface UpOptions {
  /** The command line without `kprov`, to be said where it finishes what is left. */
  args: readonly string[];
  /** Asked when everything has been checked and before any host is touched: throws where it is not to go on. */
  confirm?: (setup: Setup, hosts: readonly string[]) => Promise<void>;
  /** What failed is not said again at the end, which scripts that count lines do not expect. Default false. */
  endsLikeAnsible?: true;
  /** The strategy of plays that name none, where the configuration names none either. */
  strategy?: string;
  /** Called when everything has been checked; then nothing more is done. */
  checked?: () => void;
}

/** `kprov up`, `kprov run`: converges hosts. Gives the exit code; throws for wrong usage and bad input. */
export async function up(playbooks: readonly string[], given: RunFlags, options: UpOptions): Promise<number> {
  const flags = settledRun(given);
  const inputs = await readInputs(flags);
  const onlyLooks = flags.listTasks || flags.listHosts || flags.listTags || options.checked !== undefined;
  const ahead = onlyLooks || options.confirm ? undefined : dialAhead(playbooks, flags, inputs);
  try {
    // Node only connects when nothing else is left to be done at once.
    if (ahead) await new Promise((resolve) => setImmediate(resolve));
    // Most of kprov: loaded while the connections are on their way.
    const { converge } = await import('./converge.js');
    return await converge({ playbooks, flags, options, inputs, ahead });
  } finally {
    ahead?.dialled.close();
  }
}
