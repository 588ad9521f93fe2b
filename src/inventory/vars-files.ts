import { posix } from 'node:path';
import { type Diagnostic, nearest, type Position } from '../errors/index.js';
import { type Files, isMapping } from '../values/index.js';
import { parseYaml } from '../yaml/index.js';
import { compareText } from './compare-text.js';
import { checkConnectionVariable } from './connection-variables.js';
import type { Graph } from './graph.js';
import { lostDigits } from './lost-digits.js';
import type { Layer, Written } from './model.js';
import { showName } from './names.js';
import { isReadError, type Place, reasonOf, within } from './place.js';

export type VarsKind = 'group_vars' | 'host_vars';

/** In the order in which Ansible looks for them; the first that is there counts. */
const extensions = ['', '.yml', '.yaml', '.json'] as const;

const none: Layer = new Map();

/** Reads `group_vars/` and `host_vars/`, each file once, and keeps what is wrong with them. */
export class VarsFiles {
  readonly #files: Files;
  readonly #layers = new Map<string, Layer>();
  readonly #listings = new Map<string, ReadonlySet<string>>();
  #problems: Diagnostic[] = [];

  constructor(files: Files) {
    this.#files = files;
  }

  /** What was wrong with the files read since the last call. */
  takeProblems(): Diagnostic[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  /** The variables of a group or host that stand beside a directory's inventory or playbook, lowest precedence first. */
  layers(beside: Place, kind: VarsKind, name: string): Layer[] {
    if (name.includes('/')) return [];
    const directory = within(beside, kind);
    const entries = this.#list(directory);
    if (entries.size === 0) return [];
    const found = extensions.map((extension) => name + extension).filter((entry) => entries.has(entry));
    const [first, ...shadowed] = found;
    if (first === undefined) return [];
    for (const entry of shadowed) {
      this.#report('warning', 'vars-file-not-read', `${entry} is not read`, within(directory, entry), {
        why: `${kind}/${first} is there too, and Ansible takes the first of ${name}, ${name}.yml, ${name}.yaml and ${name}.json`,
      });
    }
    return this.#read(within(directory, first));
  }

  /** Reads everything beside a directory's inventory or playbook, for the sake of its problems. */
  readAll(beside: Place, { groups, hosts }: Pick<Graph, 'groups' | 'hosts'>): void {
    for (const name of groups.keys()) this.layers(beside, 'group_vars', name);
    for (const name of hosts.keys()) this.layers(beside, 'host_vars', name);
    this.#findMisnamed(beside, 'group_vars', groups);
    this.#findMisnamed(beside, 'host_vars', hosts);
  }

  /** Files whose name is nearly that of a group or host, but not quite. */
  #findMisnamed(beside: Place, kind: VarsKind, known: ReadonlyMap<string, unknown>): void {
    const directory = within(beside, kind);
    for (const entry of this.#list(directory)) {
      if (entry.startsWith('.') || entry.endsWith('~')) continue;
      const name = entry.replace(/\.(?:yml|yaml|json)$/, '');
      if (known.has(name) || known.has(entry)) continue;
      const better = nearest(name, known.keys());
      if (better === undefined) continue;
      const what = kind === 'group_vars' ? 'group' : 'host';
      this.#report(
        'warning',
        'vars-file-of-nobody',
        `no ${what} is called ${showName(name)}`,
        within(directory, entry),
        {
          fix: `did you mean ${showName(better)}?`,
        },
      );
    }
  }

  #report(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    at: Place | Position,
    more: Partial<Diagnostic> = {},
  ): void {
    const position = 'shown' in at ? { file: at.shown, line: 1, column: 1 } : at;
    this.#problems.push({ severity, code, message, position, ...more });
  }

  #list(directory: Place): ReadonlySet<string> {
    const known = this.#listings.get(directory.path);
    if (known !== undefined) return known;
    const entries = new Set(this.#files.list(directory.path));
    if (entries.size === 0 && this.#files.kind(directory.path) === 'file') {
      this.#report(
        'warning',
        'no-directory',
        `${directory.shown} is a file and not a directory, so it is not read`,
        directory,
      );
    }
    this.#listings.set(directory.path, entries);
    return entries;
  }

  #read(place: Place): Layer[] {
    if (this.#files.kind(place.path) !== 'directory') return [this.#readFile(place)];
    const entries = [...this.#list(place)].sort(compareText);
    return entries
      .filter((entry) => !entry.startsWith('.') && !entry.endsWith('~'))
      .flatMap((entry) => {
        const inner = within(place, entry);
        const extension = posix.extname(entry);
        const isDirectory = this.#files.kind(inner.path) === 'directory';
        if (isDirectory) return extension === '' ? this.#read(inner) : [];
        return extensions.some((known) => known === extension) ? [this.#readFile(inner)] : [];
      });
  }

  #readFile(place: Place): Layer {
    const known = this.#layers.get(place.path);
    if (known !== undefined) return known;
    const layer = this.#parse(place);
    this.#layers.set(place.path, layer);
    return layer;
  }

  #parse(place: Place): Layer {
    let text: string | undefined;
    try {
      text = this.#files.read(place.path);
    } catch (error) {
      if (!isReadError(error)) throw error;
      this.#report('error', error.code, error.message, place, reasonOf(error));
    }
    if (text === undefined) return none;
    const { documents, diagnostics } = parseYaml(text, place.shown, this.#files);
    this.#problems.push(...diagnostics);
    const [document, second] = documents;
    if (second !== undefined) {
      this.#report('error', 'several-documents', 'more than one YAML document', second.at([]), {
        why: 'a file of variables holds a single mapping',
      });
    }
    const value = document?.value;
    if (document === undefined || value === undefined || value === null || value === '' || value === false) return none;
    if (!isMapping(value)) {
      if (Array.isArray(value) && value.length === 0) return none;
      const why = 'a file of variables is a mapping, with one "name: value" on each line';
      this.#report('error', 'bad-vars-file', 'expected a mapping of variables', document.at([]), { why });
      return none;
    }
    const layer = new Map<string, Written>();
    for (const [name, item] of Object.entries(value)) {
      const position = document.keyAt([name]);
      const text = document.sourceAt([name]);
      this.#problems.push(...checkConnectionVariable(name, item, position));
      this.#problems.push(...lostDigits({ name, text, value: item, position }, `${name}: "${text}"`));
      if (name === 'ansible_group_priority') {
        this.#report('warning', 'priority-not-read', 'ansible_group_priority changes nothing here', position, {
          why: 'the priority of a group is read from the inventory itself only',
        });
      }
      layer.set(name, { value: item, position });
    }
    return layer;
  }
}
