import { posix } from 'node:path';
import { type Diagnostic, nearest, sortDiagnostics } from '../errors/index.js';
import { compareText } from './compare-text.js';
import { readFileSource } from './file-source.js';
import { Graph } from './graph.js';
import { createInventory } from './inventory.js';
import type { Inventory, InventoryIo } from './model.js';
import { showName } from './names.js';
import { besideFile, type Place, placeOf, within } from './place.js';
import { defineHosts, type Source } from './source.js';
import { VarsFiles } from './vars-files.js';

/** What Ansible passes over in a directory: hidden files, variables, plugins, and files that are no inventories. */
const ignoredNames = /^\.|^host_vars$|^group_vars$|^vars_plugins$/;
const ignoredEndings = /(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;

const deepestDirectory = 16;

export interface LoadedSources {
  inventory: Inventory;
  /** Everything that is wrong with the sources and with `group_vars/` and `host_vars/` beside them, sorted. */
  diagnostics: Diagnostic[];
}

/**
 * Reads inventories, later ones over earlier ones. A source is a file (INI, YAML, or an executable that prints JSON), a
 * directory of such files, or a list of hosts with a comma in it (`host1,host2`, `host,`). Throws nothing but our own faults.
 */
export async function loadInventory(sources: readonly string[], io: InventoryIo): Promise<LoadedSources> {
  const loader = new Loader(io);
  for (const source of sources) await loader.load(source);
  return loader.finish(sources);
}

/** Ansible's words for groups whose names could not be a variable's. */
const oddNames: Readonly<Partial<Record<NonNullable<InventoryIo['oddGroupNames']>, string>>> = {
  never: 'Invalid characters were found in group names but not replaced',
  always: 'Invalid characters were found in group names and automatically replaced',
};

class Loader {
  readonly #graph: Graph;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #directories: Place[] = [];

  constructor(private readonly io: InventoryIo) {
    const { oddGroupNames } = io;
    this.#graph = new Graph({
      replacesOddNames: oddGroupNames === 'always' || oddGroupNames === 'silently',
      hashBehaviour: io.hashBehaviour,
    });
  }

  async load(text: string): Promise<void> {
    const place = placeOf(text, this.io.cwd);
    const kind = text === '' ? undefined : this.io.files.kind(place.path);
    if (kind === 'directory') {
      this.#directories.push(place);
      if (!(await this.#readDirectory(place, 0))) this.#reportEmptyDirectory(place);
    } else if (kind === 'file') {
      this.#directories.push(besideFile(place));
      await this.#readFile(place);
    } else if (text.includes(',')) {
      this.#readHostList(text);
    } else if (place.path !== '/dev/null') {
      this.#reportMissing(place);
    }
  }

  finish(sources: readonly string[]): LoadedSources {
    this.#graph.reconcile();
    const told = this.#graph.hasOddNames ? oddNames[this.io.oddGroupNames ?? 'ignore'] : undefined;
    if (told !== undefined) this.#diagnostics.push({ severity: 'warning', code: 'odd-group-name', message: told });
    for (const host of this.#graph.hosts.values()) {
      if (!this.#graph.groups.has(host.name)) continue;
      this.#diagnostics.push({
        severity: 'warning',
        code: 'group-and-host',
        message: `${showName(host.name)} is the name of a group and of a host`,
        ...(host.position === undefined ? {} : { position: host.position }),
        why: 'as a pattern it means the host',
      });
    }
    const varsFiles = new VarsFiles(this.io.files);
    for (const directory of this.#directories) varsFiles.readAll(directory, this.#graph);
    this.#diagnostics.push(...varsFiles.takeProblems());
    if (sources.length > 0 && this.#graph.hosts.size === 0 && this.#diagnostics.length === 0) {
      this.#diagnostics.push({ severity: 'warning', code: 'no-hosts', message: 'the inventory names no host' });
    }
    const inventory = createInventory({
      graph: this.#graph,
      varsFiles,
      directories: this.#directories,
      sources: sources.map((file) => ({ file })),
      cwd: this.io.cwd,
    });
    return { inventory, diagnostics: sortDiagnostics(this.#diagnostics) };
  }

  #sourceOf(place: Place): Source {
    const report = (diagnostic: Diagnostic): void => void this.#diagnostics.push(diagnostic);
    return { graph: this.#graph, file: place.shown, path: place.path, report };
  }

  #readFile(place: Place): Promise<void> {
    return readFileSource(this.#sourceOf(place), this.io);
  }

  /** True where there was anything to read. */
  async #readDirectory(place: Place, depth: number): Promise<boolean> {
    if (depth > deepestDirectory) {
      const position = { file: place.shown, line: 1, column: 1 };
      this.#diagnostics.push({
        severity: 'error',
        code: 'too-deep',
        message: 'directories nested too deeply',
        position,
      });
      return true;
    }
    let isAnythingThere = false;
    for (const name of [...(this.io.files.list(place.path) ?? [])].sort(compareText)) {
      if (ignoredNames.test(name) || ignoredEndings.test(name)) continue;
      const entry = within(place, name);
      const kind = this.io.files.kind(entry.path);
      if (kind === 'directory') {
        isAnythingThere = (await this.#readDirectory(entry, depth + 1)) || isAnythingThere;
      } else if (kind === 'file') {
        await this.#readFile(entry);
        isAnythingThere = true;
      }
    }
    return isAnythingThere;
  }

  #readHostList(text: string): void {
    const source = { ...this.#sourceOf({ path: text, shown: '-i' }) };
    let column = 1;
    for (const part of text.split(',')) {
      const name = part.trim();
      const at = column + part.length - part.trimStart().length;
      const position = { file: `-i ${showName(text)}`, line: 1, column: at, length: name.length };
      if (name !== '') defineHosts(source, { name, position }, 'ungrouped');
      column += part.length + 1;
    }
  }

  #reportMissing({ path, shown }: Place): void {
    if (shown === '') {
      this.#diagnostics.push({
        severity: 'error',
        code: 'inventory-not-found',
        message: 'an inventory without a name',
      });
      return;
    }
    const siblings = this.io.files.list(posix.dirname(path)) ?? [];
    const better = nearest(posix.basename(path), siblings);
    this.#diagnostics.push({
      severity: 'error',
      code: 'inventory-not-found',
      message: `there is no inventory ${showName(shown)}`,
      why: 'an inventory is a file, a directory, or a list of hosts with a comma in it',
      fix:
        better === undefined
          ? `for a single host named ${showName(shown)} write a comma after it: -i ${showName(shown)},`
          : `did you mean ${showName(posix.join(posix.dirname(shown), better))}?`,
    });
  }

  #reportEmptyDirectory({ path, shown }: Place): void {
    const passed = (this.io.files.list(path) ?? []).filter((name) => name.endsWith('.ini'));
    this.#diagnostics.push({
      severity: 'error',
      code: 'empty-inventory-directory',
      message: `no inventory in the directory ${showName(shown)}`,
      position: { file: shown, line: 1, column: 1 },
      ...(passed[0] === undefined
        ? {}
        : {
            why: `like Ansible, kprov passes over files that end in .ini when it reads a directory: ${passed.map(showName).join(', ')}`,
            fix: `name the file itself: -i ${showName(posix.join(shown, passed[0]))}`,
          }),
    });
  }
}
