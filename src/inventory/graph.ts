import type { Position } from '../errors/index.js';
import { type HashBehaviour, merged } from '../values/index.js';
import { compareText } from './compare-text.js';
import type { Written } from './model.js';

export interface GroupNode {
  readonly name: string;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
  readonly variables: Map<string, Written>;
  priority: number;
}

export interface HostNode {
  readonly name: string;
  /** Groups that hold the host directly. */
  readonly groups: Set<string>;
  readonly variables: Map<string, Written>;
  readonly source: string | undefined;
  /** Where the host was named first. */
  readonly position: Position | undefined;
}

export interface GraphOptions {
  replacesOddNames?: boolean;
  hashBehaviour?: HashBehaviour | undefined;
}

/** Hosts and groups as they are being read, and later as `add_host` and `group_by` change them. */
export class Graph {
  readonly groups = new Map<string, GroupNode>();
  readonly hosts = new Map<string, HostNode>();
  #cache = new Map<string, unknown>();

  /** A group's name held a character that no variable's name may hold. */
  hasOddNames = false;
  readonly #replacesOddNames: boolean;

  /** What becomes of a mapping that a host or group is given a second time. */
  readonly hashBehaviour: HashBehaviour;

  constructor({ replacesOddNames = false, hashBehaviour = 'replace' }: GraphOptions = {}) {
    this.#replacesOddNames = replacesOddNames;
    this.hashBehaviour = hashBehaviour;
    this.addGroup('all');
    this.addGroup('ungrouped');
    this.addChild('all', 'ungrouped');
  }

  /** The name as the group goes by: with underscores for what no variable's name may hold, where that is wanted. */
  groupName(written: string): string {
    const safe = written.replace(/^[\d\W]|\W/g, '_');
    if (safe !== written) this.hasOddNames = true;
    return this.#replacesOddNames ? safe : written;
  }

  hasGroup(written: string): boolean {
    return this.groups.has(this.groupName(written));
  }

  /** Gives a variable to the host or group, or puts it over the one in a layer. */
  setVariable(variables: Map<string, Written>, name: string, written: Written): void {
    const known = this.hashBehaviour === 'merge' ? variables.get(name) : undefined;
    variables.set(name, known === undefined ? written : { ...written, value: merged(known.value, written.value) });
  }

  addGroup(written: string): GroupNode {
    const name = this.groupName(written);
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group: GroupNode = {
      name,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      variables: new Map(),
      priority: 1,
    };
    this.groups.set(name, group);
    this.#changed();
    return group;
  }

  addHost(name: string, from?: { source: string; position: Position }): HostNode {
    const known = this.hosts.get(name);
    if (known !== undefined) return known;
    const host: HostNode = {
      name,
      groups: new Set(),
      variables: new Map(),
      source: from?.source,
      position: from?.position,
    };
    this.hosts.set(name, host);
    this.#changed();
    return host;
  }

  /** True where the host was not yet a direct member. */
  addMember(group: string, host: string): boolean {
    const node = this.addGroup(group);
    if (node.hosts.has(host)) return false;
    node.hosts.add(host);
    this.hosts.get(host)?.groups.add(node.name);
    this.#changed();
    return true;
  }

  /**
   * Makes `child` a child of `parent`. Where that would close a circle nothing changes and the groups from `child` down
   * to `parent` are returned.
   */
  addChild(parent: string, child: string): string[] | undefined {
    const [above, below] = [this.addGroup(parent), this.addGroup(child)];
    if (above.children.has(below.name)) return undefined;
    // A group without children closes no circle, unless it is its own child.
    const mayClose = below === above || below.children.size > 0;
    const circle = mayClose ? this.#path(below.name, above.name) : undefined;
    if (circle !== undefined) return circle;
    above.children.add(below.name);
    below.parents.add(above.name);
    this.#changed();
    return undefined;
  }

  /** Ansible's rules after every change: every group is below `all`, every host in a group, in `ungrouped` if in no other. */
  reconcile(): void {
    for (const group of this.groups.values()) {
      if (group.name !== 'all' && group.parents.size === 0) this.addChild('all', group.name);
    }
    const ungrouped = this.addGroup('ungrouped');
    for (const host of this.hosts.values()) {
      const isGrouped = [...host.groups].some((name) => name !== 'all' && name !== 'ungrouped');
      if (!isGrouped) {
        this.addMember('ungrouped', host.name);
      } else if (ungrouped.hosts.delete(host.name)) {
        host.groups.delete('ungrouped');
        this.#changed();
      }
    }
  }

  /** The group and everything below it, nearest first, in the order of definition. */
  descendants(group: string): readonly string[] {
    return this.#cached(`descendants ${group}`, () => this.#reach([group], 'children'));
  }

  /** All hosts of a group and of everything below it. */
  hostsOf(group: string): readonly string[] {
    return this.#cached(`hosts ${group}`, () => [
      ...new Set(this.descendants(group).flatMap((name) => [...(this.groups.get(name)?.hosts ?? [])])),
    ]);
  }

  /** All groups of a host, ancestors included, `all` left out; in Ansible's order of precedence, lowest first. */
  groupsOf(host: string): readonly GroupNode[] {
    const direct = [...(this.hosts.get(host)?.groups ?? [])];
    return this.#cached(`groups ${direct.join('\0')}`, () => {
      const depths = this.#depths();
      const depth = (group: GroupNode): number => depths.get(group.name) ?? 0;
      return this.#reach(direct, 'parents')
        .flatMap((name) => (name === 'all' ? [] : [this.addGroup(name)]))
        .sort((a, b) => depth(a) - depth(b) || a.priority - b.priority || compareText(a.name, b.name));
    });
  }

  depthOf(group: string): number {
    return this.#depths().get(group) ?? 0;
  }

  setPriority(group: string, priority: number): void {
    this.addGroup(group).priority = priority;
    this.#changed();
  }

  #changed(): void {
    if (this.#cache.size > 0) this.#cache = new Map();
  }

  #cached<T>(key: string, make: () => T): T {
    if (!this.#cache.has(key)) this.#cache.set(key, make());
    return this.#cache.get(key) as T;
  }

  #reach(from: readonly string[], way: 'children' | 'parents'): string[] {
    const seen = new Set(from);
    for (const name of seen) for (const next of this.groups.get(name)?.[way] ?? []) seen.add(next);
    return [...seen];
  }

  /** The way down from one group to another, both included. */
  #path(from: string, to: string): string[] | undefined {
    if (from === to) return [from];
    // Climbing from below is cheap: groups have few ancestors but may have many descendants.
    const cameFrom = new Map<string, string>([[to, to]]);
    for (const name of cameFrom.keys()) {
      for (const parent of this.groups.get(name)?.parents ?? []) {
        if (!cameFrom.has(parent)) cameFrom.set(parent, name);
      }
    }
    if (!cameFrom.has(from)) return undefined;
    const path = [from];
    for (let name = from; name !== to; path.push(name)) name = cameFrom.get(name) ?? to;
    return path;
  }

  /** Longest way down from a group without parents. */
  #depths(): ReadonlyMap<string, number> {
    return this.#cached('depths', () => {
      const depths = new Map<string, number>();
      const waiting = new Map([...this.groups.values()].map((group) => [group.name, group.parents.size]));
      const ready = [...this.groups.keys()].filter((name) => waiting.get(name) === 0);
      for (const name of ready) {
        const depth = depths.get(name) ?? 0;
        depths.set(name, depth);
        for (const child of this.groups.get(name)?.children ?? []) {
          depths.set(child, Math.max(depths.get(child) ?? 0, depth + 1));
          const left = (waiting.get(child) ?? 0) - 1;
          waiting.set(child, left);
          if (left === 0) ready.push(child);
        }
      }
      return depths;
    });
  }
}
