import { KprovError, nearest } from '../../errors/index.js';
import { compareText, type Inventory, type InventoryGroup, matchHosts } from '../../inventory/index.js';
import { isMapping, type Mapping, mapping, Redactor, readVaulted, type Value } from '../../values/index.js';
import { openVault, readInventory } from '../inputs.js';
import { terminalPrompts } from '../prompts.js';
import { refuseErrors } from '../refuse-errors.js';
import { inventoriesOf } from '../settings/apply.js';
import { currentSettings } from '../settings/index.js';
import { say, sayWarnings } from '../terminal.js';

/** Variables that Ansible makes itself and leaves out where it shows an inventory. */
const internalVariables = ['inventory_dir', 'inventory_file', 'inventory_hostname', 'groups', 'group_names'];

export interface RenderOptions {
  /** Its `group_vars/` and `host_vars/` count too: `--playbook-dir`. */
  playbookDir?: string;
}

/** As Python's `json.dumps(value, sort_keys=True, indent=4, ensure_ascii=False)`. */
function toJson(value: Value, indent = ''): string {
  const inner = `${indent}    `;
  const block = (open: string, items: string[], close: string): string =>
    items.length === 0 ? open + close : `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value)) {
    return block(
      '[',
      value.map((item) => toJson(item, inner)),
      ']',
    );
  }
  const vaulted = readVaulted(value);
  // Encrypted it stays, as ansible-inventory shows it.
  if (vaulted !== undefined) return toJson(mapping({ __ansible_vault: `${vaulted.envelope}\n` }), indent);
  if (!isMapping(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort(compareText);
  return block(
    '{',
    keys.map((key) => `${JSON.stringify(key)}: ${toJson(value[key] ?? null, inner)}`),
    '}',
  );
}

function visibleVariables(inventory: Inventory, host: string, options: RenderOptions): Mapping {
  const variables = mapping(inventory.variablesOf(host, options));
  for (const name of internalVariables) delete variables[name];
  return variables;
}

/** What `ansible-inventory --list` prints: groups with their hosts and children, and the variables of every host. */
export function renderList(inventory: Inventory, options: RenderOptions = {}): string {
  const result = mapping();
  for (const group of inventory.groups.values()) {
    const shown = mapping();
    if (group.directHosts.length > 0 && group.name !== 'all') shown.hosts = [...group.directHosts];
    if (group.children.length > 0) shown.children = [...group.children];
    if (Object.keys(shown).length > 0) result[group.name] = shown;
  }
  const hostvars = mapping();
  for (const host of inventory.groups.get('all')?.hosts ?? []) {
    const variables = visibleVariables(inventory, host, options);
    if (Object.keys(variables).length > 0) hostvars[host] = variables;
  }
  result._meta = mapping({ hostvars });
  return toJson(result);
}

const branch = (depth: number, text: string): string => (depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`);

function* graphLines(inventory: Inventory, group: InventoryGroup, depth: number): Generator<string> {
  yield branch(depth, `@${group.name}:`);
  for (const child of group.children) {
    const node = inventory.groups.get(child);
    if (node !== undefined) yield* graphLines(inventory, node, depth + 1);
  }
  if (group.name !== 'all') for (const host of group.directHosts) yield branch(depth + 1, host);
}

/** What `ansible-inventory --graph [GROUP]` prints. Throws KprovError where there is no such group. */
export function renderGraph(inventory: Inventory, group = 'all'): string {
  const start = inventory.groups.get(group);
  if (start === undefined) throw notFound('group', group, inventory.groups.keys());
  return [...graphLines(inventory, start, 0)].join('\n');
}

/** What `ansible-inventory --host NAME` prints. Throws KprovError where the name stands for no host or for several. */
export function renderHost(inventory: Inventory, name: string, options: RenderOptions = {}): string {
  const { hosts } = matchHosts(inventory, name);
  const [host] = hosts;
  if (host === undefined) throw notFound('host', name, inventory.hosts.keys());
  if (hosts.length > 1) throw new KprovError('several-hosts', `${name} stands for ${hosts.length} hosts`);
  return toJson(visibleVariables(inventory, host, options));
}

function notFound(what: string, name: string, known: Iterable<string>): KprovError {
  const better = nearest(name, known);
  const options = better === undefined ? {} : { fix: `did you mean ${better}?` };
  return new KprovError(`no-such-${what}`, `the inventory has no ${what} ${name}`, options);
}

export interface InventoryFlags {
  inventory: string[];
  list?: boolean;
  /** A group, or true for all. */
  graph?: boolean | string;
  host?: string;
  playbookDir?: string;
  vaultId: string[];
  vaultPasswordFile: string[];
  askVaultPassword: boolean;
  verbose: number;
}

/** `kprov inventory`: the whole as JSON by default, the groups as a tree, or one host's variables. */
export async function inventory(flags: InventoryFlags): Promise<void> {
  const settings = currentSettings(flags.verbose);
  const { files } = await openVault({ ...flags, settings }, { prompts: terminalPrompts(), redactor: new Redactor() });
  const sources = flags.inventory.length > 0 ? flags.inventory : inventoriesOf(settings);
  const loaded = await readInventory(sources, { files, settings });
  const { playbookDir } = flags;
  const beside = playbookDir === undefined ? [] : loaded.inventory.checkPlaybookDir(playbookDir);
  sayWarnings(refuseErrors([...loaded.diagnostics, ...beside]));
  const options = playbookDir === undefined ? {} : { playbookDir };
  if (flags.host !== undefined) say(renderHost(loaded.inventory, flags.host, options));
  else if (flags.graph) say(renderGraph(loaded.inventory, flags.graph === true ? 'all' : flags.graph));
  else say(renderList(loaded.inventory, options));
}
