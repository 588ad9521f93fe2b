import { homedir } from 'node:os';
import { posix } from 'node:path';
import { targetOf } from '../engine/conversation/connection-variables.js';
import { doneHere } from '../engine/done-here.js';
import { matchHosts } from '../inventory/index.js';
import { DialledAhead } from '../transport/ssh/dialled-ahead.js';
import { isMapping, type Mapping, parseBoolean, type Value } from '../values/index.js';
import { type ParsedYaml, parseYaml } from '../yaml/index.js';
import type { Inputs } from './inputs.js';
import type { RunFlags } from './options.js';
import { targetDefaults } from './target-defaults.js';

/** Keywords after which it is not known, before the play is read, which hosts a task needs and how they are reached. */
const unsure =
  /^(?:when|loop|with_.*|delegate_to|local_action|run_once|remote_user|connection|port|tags|vars|vars_.*|serial)$/;
const connectionNames = /^ansible_(?:host|port|user|connection|ssh_|private_key)/;
const isTemplate = (value: Value | undefined): boolean => typeof value === 'string' && /\{[{%#]/.test(value);
const isUnsure = (node: Mapping): boolean => Object.keys(node).some((keyword) => unsure.test(keyword));

/** Does this or, of a block, its first task talk to the host? */
function isSure(node: Value | undefined): boolean {
  if (!isMapping(node) || isUnsure(node)) return false;
  if (Array.isArray(node.block)) return isSure(node.block[0]);
  const names = Object.keys(node).map((name) => name.replace(/^ansible\.(?:builtin|legacy)\./, ''));
  return !names.some((name) => doneHere.has(name));
}

/** The hosts that a play is about, where it is certain that it talks to them by what the inventory says alone. */
function patternOf(play: Value | undefined, flags: RunFlags): string | undefined {
  if (!isMapping(play)) return undefined;
  const { hosts, vars, gather_facts: gathers, pre_tasks: before, roles, tasks } = play;
  if (typeof hosts !== 'string' || isTemplate(hosts)) return undefined;
  const { vars: _, ...keywords } = play;
  if (isUnsure(keywords) || (isMapping(vars) && Object.keys(vars).some((name) => connectionNames.test(name)))) {
    return undefined;
  }
  const gathersByDefault = flags.settings?.text('gathering') === undefined;
  if (gathers === undefined ? gathersByDefault : parseBoolean(gathers) === true) return hosts;
  // A dry run leaves commands out.
  if (flags.check || (gathers === undefined && !gathersByDefault)) return undefined;
  const first = Array.isArray(before) ? before : roles === undefined ? tasks : undefined;
  return Array.isArray(first) && isSure(first[0]) ? hosts : undefined;
}

/** Reads connection variables as the inventory and the command line have them. Throws where one is no plain value. */
const readerOf =
  (...layers: readonly Mapping[]) =>
  (name: string): Value | undefined => {
    const value = layers.find((layer) => Object.hasOwn(layer, name))?.[name];
    // A secret is not needed to dial.
    if (value === undefined || /pass/.test(name)) return undefined;
    if (isTemplate(value) || !['string', 'number'].includes(typeof value)) throw new TypeError(name);
    return value;
  };

export interface Ahead {
  dialled: DialledAhead;
  /** What was read of the playbooks on the way. */
  parsed: ReadonlyMap<string, ParsedYaml>;
}

/**
 * Begins to connect to the hosts of the first play while the rest of kprov is loaded and the playbooks are checked.
 * Nothing is sent on the connections, and a playbook with errors closes them: no host has been spoken to by then.
 * Where a play leaves it open whom it talks to, or somebody is going to be asked first, nothing is dialled.
 */
export function dialAhead(playbooks: readonly string[], flags: RunFlags, inputs: Inputs): Ahead {
  const dialled = new DialledAhead({ env: process.env, homeDir: homedir() });
  const parsed = new Map<string, ParsedYaml>();
  const { inventory, files, extraVars, limit, diagnostics } = inputs;
  const asks = flags.askPass || flags.askBecomePass;
  const selects = flags.tags.length + flags.skipTags.length > 0 || flags.startAtTask !== undefined;
  const recalls = flags.settings?.text('fact_caching') !== undefined;
  const isBroken = diagnostics.some(({ severity }) => severity === 'error');
  const [file] = playbooks;
  if (asks || selects || recalls || isBroken || file === undefined) return { dialled, parsed };
  try {
    const text = files.kind(file) === 'file' ? files.read(file) : undefined;
    if (text === undefined) return { dialled, parsed };
    const yaml = parseYaml(text, file, files);
    parsed.set(file, yaml);
    const value = yaml.documents[0]?.value;
    const pattern = yaml.diagnostics.length === 0 && Array.isArray(value) ? patternOf(value[0], flags) : undefined;
    if (pattern === undefined) return { dialled, parsed };
    const { hosts } = matchHosts(inventory, pattern, [...limit]);
    for (const host of hosts.slice(0, Math.min(flags.forks ?? DialledAhead.most, DialledAhead.most))) {
      const variables = inventory.variablesOf(host, { playbookDir: posix.dirname(file) });
      dialled.dial(
        targetOf(host, readerOf(extraVars, variables), { ...targetDefaults(flags), become: false, becomeUser: '' }),
      );
    }
  } catch {
    // What is wrong is told where it is read next.
  }
  return { dialled, parsed };
}
