import { extname, join } from 'node:path';
import { InputError, KprovError } from '../../errors/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../../values/index.js';
import { parseYaml } from '../../yaml/index.js';
import type { HostRun } from '../host-run.js';
import { findFile } from '../search.js';
import { variablesOf } from '../variables.js';
import type { Control } from './index.js';
import { result } from './result.js';

/** A file of variables. Throws InputError for bad YAML. */
export function readVariables(host: HostRun, file: string): Mapping {
  const text = host.play.run.files.read(file);
  if (text === undefined) throw new KprovError('file-not-found', `${file} is not there`);
  const { documents, diagnostics } = parseYaml(text, file);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new InputError(errors);
  const value = documents[0]?.value ?? mapping();
  if (!isMapping(value)) throw new KprovError('bad-variables', `${file} holds no mapping of variables`);
  return value;
}

function filesIn(host: HostRun, folder: string, args: Readonly<Record<string, unknown>>, depth: number): string[] {
  const names = host.play.run.files.list(folder);
  if (!names) throw new KprovError('file-not-found', `${folder} is not a directory`);
  const ignored = (args.ignore_files as readonly string[] | undefined) ?? [];
  const extensions = (args.extensions as readonly string[] | undefined) ?? ['json', 'yaml', 'yml'];
  const pattern = args.files_matching === undefined ? undefined : new RegExp(String(args.files_matching));
  const found: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (host.play.run.files.kind(path) === 'directory') {
      if (depth !== 1) found.push(...filesIn(host, path, args, depth - 1));
      continue;
    }
    if (ignored.includes(name) || (pattern && !pattern.test(name))) continue;
    if (extensions.includes(extname(name).slice(1))) found.push(path);
    else if (args.ignore_unknown_extensions !== true) {
      throw new KprovError('bad-variables', `${path} does not end in ${extensions.join(', ')}`);
    }
  }
  return found;
}

function merge(base: Value | undefined, over: Value): Value {
  if (base === undefined || !isMapping(base) || !isMapping(over)) return over;
  const merged = mapping(base);
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged;
}

/** Reads variables into the host's own. */
export const includeVars: Control = async ({ host, task, args, local }) => {
  const { run } = host.play;
  const depth = Number(args.depth ?? 0);
  const files =
    args.dir === undefined
      ? [findFile(run.files, task, 'vars', String(args.file))]
      : filesIn(host, findFile(run.files, task, 'vars', String(args.dir)), args, depth === 0 ? -1 : depth);
  let values = mapping();
  for (const file of files) values = Object.assign(values, readVariables(host, file));
  const facts: Mapping = args.name === undefined ? values : mapping({ [String(args.name)]: values });
  const variables = variablesOf(host.scope(task, local));
  for (const [name, value] of Object.entries(facts)) {
    const before = args.hash_behaviour === 'merge' ? (variables.get(name)?.value as Value | undefined) : undefined;
    host.state.set('included', name, { state: 'known', value: merge(before, value) }, host.sequence);
  }
  return result('ok', { ansible_facts: facts, ansible_included_var_files: files });
};
