import { homedir } from 'node:os';
import { nodeFiles } from '../../engine/lookups/node-files.js';
import { openLogFile } from '../log-file.js';
import type { ConnectionFlags, RunFlags } from '../options.js';
import { sayError, terminal } from '../terminal.js';
import { withRunSettings, withSettings } from './apply.js';
import { readSettings, type Settings } from './settings.js';

export type { Settings } from './settings.js';

/** ansible.cfg and the environment, as they are here and now. Says what has no influence where `verbose` is above 0. */
export function currentSettings(verbose: number): Settings {
  const settings = readSettings({ env: process.env, cwd: process.cwd(), homeDirectory: homedir(), files: nodeFiles });
  if (settings.flag('nocolor') === true) terminal.colors = false;
  else if (settings.flag('force_color') === true) terminal.colors = true;
  const log = settings.path('log_path');
  if (log !== undefined) terminal.log ??= openLogFile(log);
  for (const warning of settings.warnings) sayError(`[WARNING]: ${warning}`);
  if (Math.max(verbose, settings.number('verbosity') ?? 0) > 0) {
    sayError(
      settings.file === undefined ? 'No config file found; using defaults' : `Using ${settings.file} as config file`,
    );
    for (const note of settings.notes) sayError(note);
  }
  return settings;
}

/** Flags with the settings behind them; those that have them are left as they are. */
export const settled = <T extends ConnectionFlags>(flags: T): T =>
  flags.settings ? flags : withSettings(flags, currentSettings(flags.verbose));
export const settledRun = <T extends RunFlags>(flags: T): T => withRunSettings(flags, currentSettings(flags.verbose));
