import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Diagnostic, KprovError, type Position } from '../errors/index.js';
import { type Mapping, mapping, merged } from '../values/index.js';
import { compareText } from './compare-text.js';
import type { Graph } from './graph.js';
import type { Inventory, InventoryGroup, InventoryHost, Layer, NewHost, VariableScope, Written } from './model.js';
import { localhostNames, nameProblem, showName } from './names.js';
import { type Place, placeOf } from './place.js';
import type { VarsFiles } from './vars-files.js';

export interface InventoryParts {
  graph: Graph;
  varsFiles: VarsFiles;
  /** Directories beside the sources, in the order of the sources. */
  directories: readonly Place[];
  sources: readonly { file: string }[];
  cwd: string;
}

/** An inventory over a graph that has been read and reconciled. */
export function createInventory(parts: InventoryParts): Inventory {
  return new LoadedInventory(parts);
}

const written = (value: string | null): Written => ({ value, position: undefined });

const implicitLocalhost: Layer = new Map([['ansible_connection', written('local')]]);

class LoadedInventory implements Inventory {
  readonly sources: readonly { file: string }[];
  readonly #graph: Graph;
  readonly #files: VarsFiles;
  readonly #directories: readonly Place[];
  readonly #cwd: string;
  #hosts: ReadonlyMap<string, InventoryHost> | undefined;
  #groups: ReadonlyMap<string, InventoryGroup> | undefined;
  #groupLayers = new Map<string, Layer>();
  /** By host and playbook directory: every expression asks for them. */
  readonly #variables = new Map<string, Mapping>();

  constructor({ graph, varsFiles, directories, sources, cwd }: InventoryParts) {
    this.#graph = graph;
    this.#files = varsFiles;
    this.#directories = directories;
    this.#cwd = cwd;
    this.sources = sources;
  }

  get hosts(): ReadonlyMap<string, InventoryHost> {
    const graph = this.#graph;
    this.#hosts ??= new Map(
      [...graph.hosts.values()].map(({ name, source }) => [
        name,
        {
          name,
          source,
          get groups() {
            const names = graph.groupsOf(name).map((group) => group.name);
            return names.sort(compareText);
          },
        },
      ]),
    );
    return this.#hosts;
  }

  get groups(): ReadonlyMap<string, InventoryGroup> {
    const graph = this.#graph;
    this.#groups ??= new Map(
      [...graph.groups.values()].map(({ name, hosts, children, parents, priority }) => [
        name,
        {
          name,
          directHosts: [...hosts],
          children: [...children],
          parents: [...parents],
          priority,
          get hosts() {
            return graph.hostsOf(name);
          },
          get depth() {
            return graph.depthOf(name);
          },
        },
      ]),
    );
    return this.#groups;
  }

  variablesOf(host: string, scope: VariableScope = {}): Mapping {
    const key = `${host}\0${[scope.playbookDir ?? ''].flat().join('\0')}`;
    const known = this.#variables.get(key);
    if (known !== undefined) return known;
    const isMerging = this.#graph.hashBehaviour === 'merge';
    const result = mapping();
    for (const layer of this.#layersOf(host, scope)) {
      for (const [name, { value }] of layer) result[name] = isMerging ? merged(result[name], value) : value;
    }
    this.#variables.set(key, result);
    return result;
  }

  positionOf(host: string, variable: string, scope: VariableScope = {}): Position | undefined {
    return this.#layersOf(host, scope)
      .findLast((layer) => layer.has(variable))
      ?.get(variable)?.position;
  }

  checkPlaybookDir(playbookDir: string): Diagnostic[] {
    const place = placeOf(playbookDir, this.#cwd);
    this.#files.readAll(place, this.#graph);
    return this.#files.takeProblems();
  }

  addHost(name: string, { groups = [], variables = {} }: NewHost = {}): boolean {
    refuseBadName('host', name);
    for (const group of groups) refuseBadName('group', group);
    const isNew = !this.#graph.hosts.has(name);
    const node = this.#graph.addHost(name);
    let isChanged = isNew;
    if (isNew) this.#graph.addMember('all', name);
    for (const [key, value] of Object.entries(variables)) {
      const known = node.variables.get(key);
      if (known !== undefined && isDeepStrictEqual(known.value, value)) continue;
      this.#graph.setVariable(node.variables, key, { value, position: undefined });
      isChanged = true;
    }
    for (const group of groups) isChanged = this.#graph.addMember(group, name) || isChanged;
    if (isChanged) this.#reconcile();
    return isChanged;
  }

  addToGroup(host: string, written: string, parentsWritten: readonly string[] = []): boolean {
    for (const name of [written, ...parentsWritten]) refuseBadName('group', name);
    const group = this.#graph.groupName(written);
    const parents = parentsWritten.map((name) => this.#graph.groupName(name));
    let isChanged = !this.#graph.hasGroup(group);
    this.#graph.addGroup(group);
    for (const parent of parents) {
      const isNested = this.#graph.groups.get(parent)?.children.has(group) ?? false;
      const circle = this.#graph.addChild(parent, group);
      if (circle !== undefined) {
        const path = [parent, ...circle].map(showName).join(' > ');
        throw new KprovError('group-cycle', `group ${showName(group)} cannot be below ${showName(parent)}`, {
          why: `that would close the circle ${path}`,
        });
      }
      isChanged ||= !isNested;
    }
    if (this.#graph.hosts.has(host) && !this.#graph.hostsOf(group).includes(host)) {
      this.#graph.addMember(group, host);
      isChanged = true;
    }
    if (isChanged) this.#reconcile();
    return isChanged;
  }

  #reconcile(): void {
    this.#graph.reconcile();
    this.#hosts = undefined;
    this.#groups = undefined;
    this.#groupLayers = new Map();
    this.#variables.clear();
  }

  /** From the lowest precedence to the highest. */
  #layersOf(host: string, { playbookDir }: VariableScope): Layer[] {
    const playbook = [playbookDir ?? []].flat().map((folder) => placeOf(folder, this.#cwd));
    const beside = [...this.#directories, ...playbook];
    const hostFiles = beside.flatMap((place) => this.#files.layers(place, 'host_vars', host));
    return [this.#groupLayerOf(host, playbook), ...this.#ownLayersOf(host), ...hostFiles];
  }

  /** All that groups give to a host, merged; hosts with the same groups share it. */
  #groupLayerOf(host: string, playbook: readonly Place[]): Layer {
    const groups = this.#graph.groupsOf(host).map((group) => group.name);
    const key = JSON.stringify([groups, playbook]);
    const known = this.#groupLayers.get(key);
    if (known !== undefined) return known;
    const inventory = (names: string[]): Layer[] => names.map((name) => this.#graph.addGroup(name).variables);
    const files = (places: readonly Place[], names: string[]): Layer[] =>
      places.flatMap((place) => names.flatMap((name) => this.#files.layers(place, 'group_vars', name)));
    const layer = new Map<string, Written>();
    for (const from of [
      ...inventory(['all']),
      ...inventory(groups),
      ...files(this.#directories, ['all']),
      ...files(playbook, ['all']),
      ...files(this.#directories, groups),
      ...files(playbook, groups),
    ]) {
      for (const [name, written] of from) this.#graph.setVariable(layer, name, written);
    }
    this.#groupLayers.set(key, layer);
    return layer;
  }

  #ownLayersOf(host: string): Layer[] {
    const node = this.#graph.hosts.get(host);
    if (node === undefined) return localhostNames.includes(host) ? [implicitLocalhost] : [];
    const isFile = node.source?.startsWith('/') ?? false;
    const origin = new Map([
      ['inventory_file', written(node.source ?? null)],
      ['inventory_dir', written(isFile ? posix.dirname(node.source ?? '') : null)],
    ]);
    return [origin, node.variables];
  }
}

function refuseBadName(what: 'host' | 'group', name: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined)
    throw new KprovError(`bad-${what}-name`, `bad ${what} name "${showName(name)}": ${problem}`);
}
