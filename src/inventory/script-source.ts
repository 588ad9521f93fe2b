import type { Position } from '../errors/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { readJson } from './json.js';
import type { Executed, InventoryIo } from './model.js';
import { maxHosts, nameProblem, showName } from './names.js';
import { checkGroupName, nestGroup, type Source, setGroupVariable, setHostVariable } from './source.js';

/** How many `--host` calls run at a time. */
const callsAtOnce = 8;

class Refused extends Error {}

const excerpt = (text: string): string => showName(text.trim().split('\n')[0] ?? '');

/** Runs an executable inventory and reads what it prints into the graph of its source. */
export async function readExecutable(source: Source, run: InventoryIo['runExecutable']): Promise<void> {
  const position: Position = { file: source.file, line: 1, column: 1 };
  try {
    const groups = await callForMapping(source, run, ['--list']);
    const hosts = new Set<string>();
    for (const [name, data] of Object.entries(groups)) {
      if (name !== '_meta') readGroup(source, { name, position }, data, hosts);
    }
    const meta = isMapping(groups._meta) ? groups._meta.hostvars : undefined;
    await readHostVariables({ source, run, position }, [...hosts], meta);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    source.report({ severity: 'error', code: 'executable-inventory', message: error.message, position });
  }
}

async function callForMapping(source: Source, run: InventoryIo['runExecutable'], args: string[]): Promise<Mapping> {
  const command = `${source.file} ${args.map(showName).join(' ')}`;
  let result: Executed;
  try {
    result = await run(source.path, args);
  } catch (error) {
    throw new Refused(
      `${command} could not be run: ${excerpt(error instanceof Error ? error.message : String(error))}`,
    );
  }
  if (result.code !== 0) {
    const how = result.code === null ? 'was killed' : `ended with exit code ${result.code}`;
    throw new Refused(`${command} ${how}${result.stderr.trim() === '' ? '' : `: ${excerpt(result.stderr)}`}`);
  }
  if (args[0] === '--host' && result.stdout.trim() === '') return mapping();
  const value = readJson(result.stdout, { file: source.file, line: 1, column: 1 });
  if (value === undefined)
    throw new Refused(`${command} printed no JSON${result.stdout.trim() === '' ? ' but nothing' : ''}`);
  if (!isMapping(value)) throw new Refused(`${command} printed JSON that is no object`);
  return value;
}

interface ScriptRun {
  source: Source;
  run: InventoryIo['runExecutable'];
  position: Position;
}

async function readHostVariables(
  { source, run, position }: ScriptRun,
  hosts: string[],
  meta: Value | undefined,
): Promise<void> {
  const set = (host: string, variables: Value | undefined): void => {
    if (variables === undefined || variables === null) return;
    if (!isMapping(variables)) throw new Refused(`the variables of host ${showName(host)} are no JSON object`);
    for (const [name, value] of Object.entries(variables)) setHostVariable(source, [host], name, { value, position });
  };
  if (meta !== undefined) {
    if (!isMapping(meta)) throw new Refused('_meta.hostvars is no JSON object');
    for (const host of hosts) set(host, meta[host]);
    return;
  }
  for (let i = 0; i < hosts.length; i += callsAtOnce) {
    const some = hosts.slice(i, i + callsAtOnce);
    const answers = await Promise.all(some.map((host) => callForMapping(source, run, ['--host', host])));
    for (const [n, host] of some.entries()) set(host, answers[n]);
  }
}

function readGroup(source: Source, group: { name: string; position: Position }, data: Value, hosts: Set<string>): void {
  if (!checkGroupName(source, group)) return;
  const { name, position } = group;
  source.graph.addGroup(name);
  const shown = showName(name);
  let content: Mapping;
  if (!isMapping(data)) content = mapping({ hosts: data });
  else if ('hosts' in data || 'vars' in data || 'children' in data) content = data;
  // The simplest form: a host with its variables, and a group of the same name.
  else content = mapping({ hosts: [name], vars: data });

  if (content.hosts !== undefined) {
    for (const host of names(content.hosts, `the hosts of group ${shown}`)) {
      const problem = nameProblem(host);
      if (problem !== undefined) throw new Refused(`bad host name "${showName(host)}" in group ${shown}: ${problem}`);
      if (source.graph.hosts.size >= maxHosts) throw new Refused(`more than ${maxHosts} hosts`);
      source.graph.addHost(host, { source: source.path, position });
      source.graph.addMember(name, host);
      hosts.add(host);
    }
  }
  if (content.vars !== undefined) {
    if (!isMapping(content.vars)) throw new Refused(`the vars of group ${shown} are no JSON object`);
    for (const [key, value] of Object.entries(content.vars)) setGroupVariable(source, name, key, { value, position });
  }
  for (const child of names(content.children ?? [], `the children of group ${shown}`)) {
    if (checkGroupName(source, { name: child, position })) nestGroup(source, name, { name: child, position });
  }
}

function names(value: Value, what: string): string[] {
  if (!Array.isArray(value)) throw new Refused(`${what} are no list`);
  return value.map((item) => {
    if (typeof item !== 'string')
      throw new Refused(`${what} hold something that is no text: ${showName(JSON.stringify(item))}`);
    return item;
  });
}
