import type { Diagnostic, Position } from '../errors/index.js';
import type { Value } from '../values/index.js';
import { parseAddress } from './address.js';
import { checkConnectionVariable } from './connection-variables.js';
import type { Graph } from './graph.js';
import type { WrittenInFile } from './model.js';
import { maxHosts, nameProblem, showName } from './names.js';
import { expandRanges } from './ranges.js';

/** What a reader of one inventory source works with. */
export interface Source {
  graph: Graph;
  /** The file as the user knows it, for positions. */
  file: string;
  /** Absolute path, or the host list as written: Ansible's `inventory_file`. */
  path: string;
  report(diagnostic: Diagnostic): void;
}

export interface Named {
  name: string;
  position: Position;
}

/** No address is longer, whatever its ranges; what is would only tire the regular expressions. */
const longestPattern = 10_000;

/** Hosts of a pattern such as `n[01:12]:2222`, made members of a group. Wrong ones are reported and left out. */
export function defineHosts(source: Source, pattern: Named, group: string): string[] {
  const address = pattern.name.length > longestPattern ? undefined : parseAddress(pattern.name);
  const text = address?.host ?? pattern.name;
  const position = pattern.position;
  const error = (code: string, message: string, why: string, at = position): string[] => {
    source.report({ severity: 'error', code, message, why, position: at });
    return [];
  };
  const unfit = nameProblem(pattern.name);
  if (unfit !== undefined) {
    return error('bad-host-name', `bad host name "${showName(pattern.name)}"`, `a host cannot be called so: ${unfit}`);
  }
  const expansion = expandRanges(text);
  if (expansion.problem !== undefined) {
    const { message, why, offset, length } = expansion.problem;
    const shift = pattern.name.indexOf(text) + offset;
    return error('bad-host-range', showName(message), why, { ...position, column: position.column + shift, length });
  }
  const { names } = expansion;
  if (names.length === 0) {
    const why = 'the first value of the range is greater than the last';
    source.report({
      severity: 'warning',
      code: 'empty-host-range',
      message: `${showName(text)} names no host`,
      why,
      position,
    });
  }
  const [first] = names;
  const problem = first === undefined ? undefined : nameProblem(first);
  if (problem !== undefined) {
    return error('bad-host-name', `bad host name "${showName(first ?? '')}"`, `a host cannot be called so: ${problem}`);
  }
  if (source.graph.hosts.size + names.length > maxHosts) {
    return error('too-many-hosts', 'too many hosts', `an inventory holds at most ${maxHosts} hosts`);
  }
  if (address === undefined && /:[^:]*$/.test(text) && !text.startsWith('[')) {
    const why = 'what follows the ":" is no port, so all of it is the name of the host, as in Ansible';
    source.report({
      severity: 'warning',
      code: 'odd-host-name',
      message: `odd host name "${showName(text)}"`,
      why,
      position,
    });
  }
  const port = address?.port;
  if (port !== undefined) checkVariable(source, 'ansible_port', port, position);
  for (const name of names) {
    const isNew = !source.graph.hosts.has(name);
    const host = source.graph.addHost(name, { source: source.path, position });
    source.graph.addMember(group, name);
    // A port counts where the host is named first, as in Ansible.
    if (isNew && port !== undefined) host.variables.set('ansible_port', { value: port, position });
  }
  return names;
}

function checkVariable(source: Source, name: string, value: Value, position: Position): void {
  for (const diagnostic of checkConnectionVariable(name, value, position)) source.report(diagnostic);
}

/** Sets a variable of hosts. */
export function setHostVariable(source: Source, hosts: readonly string[], name: string, written: WrittenInFile): void {
  checkVariable(source, name, written.value, written.position);
  for (const host of hosts) {
    const node = source.graph.hosts.get(host);
    if (node !== undefined) source.graph.setVariable(node.variables, name, written);
  }
}

/** Sets a variable of a group; `ansible_group_priority` is no variable but a property of the group. */
export function setGroupVariable(source: Source, group: string, name: string, written: WrittenInFile): void {
  const { value, position } = written;
  if (name !== 'ansible_group_priority') {
    checkVariable(source, name, value, position);
    source.graph.setVariable(source.graph.addGroup(group).variables, name, written);
    return;
  }
  const priority = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof priority === 'number') {
    source.graph.setPriority(group, Math.trunc(priority));
    return;
  }
  const message = 'ansible_group_priority is no whole number';
  source.report({ severity: 'error', code: 'bad-group-priority', message, position });
}

/** Makes one group the child of another; a circle is reported and not made. */
export function nestGroup(source: Source, parent: string, child: Named): void {
  const circle = child.name === 'all' ? ['all', parent] : source.graph.addChild(parent, child.name);
  if (circle === undefined) return;
  const path = [parent, ...circle].map(showName).join(' > ');
  source.report({
    severity: 'error',
    code: 'group-cycle',
    message: `group ${showName(child.name)} cannot be below ${showName(parent)}`,
    position: child.position,
    why: child.name === 'all' ? 'every group is below all' : `that would close the circle ${path}`,
  });
}

/** True where the name can be a group's; reports it otherwise. */
export function checkGroupName(source: Source, group: Named): boolean {
  const problem = nameProblem(group.name);
  if (problem === undefined) return true;
  source.report({
    severity: 'error',
    code: 'bad-group-name',
    message: `bad group name "${showName(group.name)}"`,
    position: group.position,
    why: `a group cannot be called so: ${problem}`,
  });
  return false;
}
