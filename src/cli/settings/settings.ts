import { dirname, resolve } from 'node:path';
import { type Diagnostic, InputError, KprovError } from '../../errors/index.js';
import { parseBoolean } from '../../values/index.js';
import { expandPath, findConfigFile, type Surroundings } from './find-file.js';
import { harmlessSections, harmlessVariables } from './harmless.js';
import { type IniEntry, readIniFile } from './read-ini.js';
import type { Setting } from './setting.js';
import { settings as table } from './table.js';

/** A setting that was given, and where. */
export interface Given {
  value: string;
  /** For messages: `ANSIBLE_FORKS`, `forks in /etc/ansible/ansible.cfg`. */
  from: string;
  /** Where relative paths in it start. */
  directory: string;
}

/** What ansible.cfg and the environment say. */
export class Settings {
  constructor(
    readonly file: string | undefined,
    readonly given: ReadonlyMap<string, Given>,
    /** What has no influence, one line each, for whoever asks for details. */
    readonly notes: readonly string[],
    readonly warnings: readonly string[],
    readonly around: Pick<Surroundings, 'env' | 'cwd' | 'homeDirectory'>,
  ) {}

  text(name: string): string | undefined {
    const value = this.given.get(name)?.value.trim();
    return value === '' ? undefined : value;
  }

  /** Throws KprovError for what is neither yes nor no. */
  flag(name: string): boolean | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : (parseBoolean(text) ?? this.#refuse(name, 'yes or no'));
  }

  /** Throws KprovError for what is no whole number, 0 or above. */
  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return /^\d+$/.test(text) ? Number(text) : this.#refuse(name, 'a whole number');
  }

  /** One of some words, in whatever case. Throws KprovError for any other. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    const others = words.slice(0, -1).join(', ');
    return words.find((word) => word === text) ?? this.#refuse(name, `${others} or ${words.at(-1)}`);
  }

  /** With commas or newlines between. */
  list(name: string): string[] {
    return (this.text(name) ?? '')
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** A path is meant from where the file of the setting is, or, in a variable, from here. */
  path(name: string): string | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : this.#resolve(text, name);
  }

  /** Several, with the separator between. */
  paths(name: string, separator: ':' | ','): string[] {
    return (this.text(name) ?? '')
      .split(separator)
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => this.#resolve(item, name));
  }

  #resolve(text: string, name: string): string {
    return resolve(this.given.get(name)?.directory ?? this.around.cwd, expandPath(text, this.around));
  }

  #refuse(name: string, expected: string): never {
    const given = this.given.get(name);
    throw new KprovError('bad-setting', `${given?.from}: ${given?.value}`, { why: `expected ${expected}` });
  }
}

interface Found {
  given: Map<string, Given>;
  notes: string[];
  warnings: string[];
  diagnostics: Diagnostic[];
}

function treat(setting: Setting, given: Given, found: Found, at: Pick<Diagnostic, 'position'>): void {
  const { treatment, name } = setting;
  found.given.set(name, given);
  if (treatment.kind === 'applied') return;
  if (treatment.kind === 'harmless') found.notes.push(`${given.from} has no effect: ${treatment.why}`);
  else if (treatment.unless(given.value)) return;
  else if (treatment.kind === 'told') {
    found.warnings.push(`${given.from}: ${given.value} is not applied: ${treatment.why}`);
  } else {
    found.diagnostics.push({
      severity: 'error',
      code: 'unsupported-setting',
      message: `${given.from}: ${given.value} is not supported`,
      why: treatment.why,
      ...at,
    });
  }
}

const byIni = new Map(table.flatMap((setting) => setting.ini.map((place) => [place, setting])));
const byVariable = new Map(table.flatMap((setting) => setting.env.map((name) => [name, setting])));

function takeEntry({ section, key, value, position }: IniEntry, found: Found): void {
  const from = `${key} in ${position.file}`;
  const setting = byIni.get(`${section}.${key}`);
  if (setting !== undefined) treat(setting, { value, from, directory: dirname(position.file) }, found, { position });
  else found.notes.push(`${from} has no effect: ${harmlessSections[section] ?? `no [${section}] ${key} is known`}`);
}

/** Others that Ansible or its tools know and that mean nothing here. */
const otherwiseUsed = new Set(['ANSIBLE_CONFIG', 'ANSIBLE_DEV_HOME']);

function takeVariable(name: string, value: string, cwd: string, found: Found): void {
  const setting = byVariable.get(name);
  if (setting !== undefined) treat(setting, { value, from: name, directory: cwd }, found, {});
  else if (!otherwiseUsed.has(name)) {
    const why = harmlessVariables.find(([prefix]) => name.startsWith(prefix))?.[1];
    found.notes.push(`${name} has no effect: ${why ?? 'no such variable is known'}`);
  }
}

/** Reads the configuration file that counts, then the environment, which wins. Throws InputError for what is refused. */
export function readSettings(around: Surroundings): Settings {
  const { settings, diagnostics } = collectSettings(around);
  if (diagnostics.length > 0) throw new InputError(diagnostics);
  return settings;
}

/** The same, with what is refused told beside it. */
export function collectSettings(around: Surroundings): { settings: Settings; diagnostics: readonly Diagnostic[] } {
  const { path, warning } = findConfigFile(around);
  const found: Found = { given: new Map(), notes: [], warnings: [], diagnostics: [] };
  if (path !== undefined) {
    const { entries, diagnostics } = readIniFile(around.files.read(path) ?? '', path);
    found.diagnostics.push(...diagnostics);
    const rank = ({ section, key }: IniEntry): number =>
      byIni.get(`${section}.${key}`)?.ini.indexOf(`${section}.${key}`) ?? -1;
    for (const entry of [...entries].sort((a, b) => rank(a) - rank(b))) takeEntry(entry, found);
  }
  for (const [name, value] of Object.entries(around.env)) {
    if (name.startsWith('ANSIBLE_') && value !== undefined) takeVariable(name, value, around.cwd, found);
  }
  const warnings = [...(warning === undefined ? [] : [warning]), ...found.warnings];
  const settings = new Settings(path, found.given, found.notes, warnings, around);
  return { settings, diagnostics: found.diagnostics };
}
