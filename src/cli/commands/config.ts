import { homedir } from 'node:os';
import { nodeFiles } from '../../engine/lookups/node-files.js';
import type { Diagnostic } from '../../errors/index.js';
import { harmless } from '../../report/text.js';
import type { Setting } from '../settings/setting.js';
import { collectSettings, type Settings } from '../settings/settings.js';
import { settings as table } from '../settings/table.js';
import { say, sayError } from '../terminal.js';

export interface ConfigFlags {
  onlyChanged: boolean;
  format: 'display' | 'json';
}

interface Row {
  name: string;
  /** Where it is set; `default`: nowhere. */
  origin: string;
  value: string | null;
  /** What becomes of it. */
  effect: string;
}

function effectOf({ treatment, about }: Setting, value: string | undefined): string {
  if (treatment.kind === 'applied') return `applied: ${about}`;
  if (treatment.kind === 'harmless') return `no effect: ${treatment.why}`;
  if (value === undefined || treatment.unless(value)) return `as it is anyway: ${about}`;
  return `${treatment.kind === 'told' ? 'not applied' : 'refused'}: ${treatment.why}`;
}

/** Settings that hold a password are not shown. */
const isSecret = (name: string): boolean => name === 'become_pass';

export function rowsOf({ given }: Settings, onlyChanged: boolean): Row[] {
  return [...table]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((setting): Row[] => {
      const { name } = setting;
      const found = given.get(name);
      if (onlyChanged && found === undefined) return [];
      const value = found === undefined ? null : isSecret(name) ? '(hidden)' : found.value;
      return [{ name, origin: found?.from ?? 'default', value, effect: effectOf(setting, found?.value) }];
    });
}

const lineOf = ({ name, origin, value, effect }: Row): string =>
  harmless(`${name}(${origin})${value === null ? '' : ` = ${value}`}  # ${effect}`);

/** `kprov config dump`: which settings are given, where, and what becomes of them; for `ansible-config dump`. */
export function configDump(flags: ConfigFlags): void {
  const around = { env: process.env, cwd: process.cwd(), homeDirectory: homedir(), files: nodeFiles };
  const { settings, diagnostics } = collectSettings(around);
  for (const warning of settings.warnings) sayError(`[WARNING]: ${warning}`);
  const unread = diagnostics.filter(({ code }: Diagnostic) => code !== 'unsupported-setting');
  for (const { message } of unread) sayError(`[WARNING]: ${message}`);
  const rows = rowsOf(settings, flags.onlyChanged);
  if (flags.format === 'json') say(JSON.stringify(rows, null, 4));
  else for (const line of [`CONFIG_FILE() = ${settings.file ?? 'None'}`, ...rows.map(lineOf)]) say(line);
}
