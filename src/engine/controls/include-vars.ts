import { extname, join } from 'node:path';
import { InputError, KprovError } from '../../errors/index.js';
import type { Task } from '../../playbook/index.js';
import { pythonRegex } from '../../template/python/regex.js';
import { isMapping, type Mapping, mapping, merged, putOver, type Value } from '../../values/index.js';
import { parseYaml } from '../../yaml/index.js';
import type { HostRun } from '../scheduler/host-run.js';
import { findFile } from '../variables/search.js';
import { variablesOf } from '../variables/variables.js';
import type { Control } from './index.js';
import { result } from './result.js';

/** A file of variables. Throws InputError for bad YAML. */
function readVariables(host: HostRun, file: string): Mapping {
  const text = host.play.run.files.read(file);
  if (text === undefined) throw new KprovError('file-not-found', `${file} is not there`);
  const { documents, diagnostics } = parseYaml(text, file, host.play.run.files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new InputError(errors);
  const value = documents[0]?.value ?? mapping();
  if (!isMapping(value)) throw new KprovError('bad-variables', `${file} holds no mapping of variables`);
  return value;
}

const listOf = (value: unknown): string[] | undefined =>
  value === undefined || value === null ? undefined : [value].flat().map(String);

/** The folders under one, itself first, as many levels deep as `depth` says; 0: all. Sorted as Ansible's walk is. */
function foldersIn(host: HostRun, folder: string, depth: number): string[] {
  const { files } = host.play.run;
  const within = depth === 1 ? [] : (files.list(folder) ?? []).map((name) => join(folder, name));
  const folders = within.filter((path) => files.kind(path) === 'directory');
  return [folder, ...folders.flatMap((path) => foldersIn(host, path, depth === 0 ? 0 : depth - 1))].sort();
}

/** The files that `dir` means, in the order in which they are read. Throws KprovError for one of no known kind. */
function filesIn(host: HostRun, folder: string, args: Readonly<Record<string, unknown>>): string[] {
  const { files } = host.play.run;
  if (files.kind(folder) !== 'directory') throw new KprovError('file-not-found', `${folder} is not a directory`);
  const ignored = (listOf(args.ignore_files) ?? []).map((pattern) => pythonRegex(`${pattern}$`).regex);
  const extensions = listOf(args.extensions) ?? ['yaml', 'yml', 'json'];
  const wanted = args.files_matching === undefined ? undefined : pythonRegex(String(args.files_matching)).regex;
  const found: string[] = [];
  for (const place of foldersIn(host, folder, Number(args.depth ?? 0))) {
    for (const name of [...(files.list(place) ?? [])].sort()) {
      const path = join(place, name);
      if (files.kind(path) !== 'file' || (wanted && name.search(wanted) < 0)) continue;
      if (ignored.some((pattern) => name.search(pattern) >= 0)) continue;
      if (extensions.includes(extname(name).slice(1))) found.push(path);
      else if (args.ignore_unknown_extensions !== true) {
        throw new KprovError('bad-variables', `${path} does not have a valid extension: ${extensions.join(', ')}`);
      }
    }
  }
  return found;
}

function filesOf(host: HostRun, task: Task, args: Readonly<Record<string, unknown>>): string[] {
  const { files } = host.play.run;
  if (args.dir !== undefined && args.file !== undefined) {
    throw new KprovError('bad-argument', 'parameters are mutually exclusive: file|dir');
  }
  if (args.dir === undefined && (args.file === undefined || args.file === '')) {
    throw new KprovError('file-not-found', 'Could not find file on the control machine: its name is empty');
  }
  if (args.dir === undefined) return [findFile(files, task, 'vars', String(args.file).trimEnd())];
  return filesIn(host, findFile(files, task, 'vars', String(args.dir)), args);
}

/** Reads variables into the host's own. */
export const includeVars: Control = async ({ host, task, args, local }) => {
  const { hashBehaviour } = host.play.run.scope;
  let files: string[] = [];
  const values = mapping();
  try {
    files = filesOf(host, task, args);
    for (const file of files) putOver(values, readVariables(host, file), hashBehaviour);
  } catch (error) {
    if (!(error instanceof KprovError)) throw error;
    const message = error.message;
    return result('failed', { msg: message, message, ansible_facts: mapping(), ansible_included_var_files: files });
  }
  const facts: Mapping = args.name === undefined ? values : mapping({ [String(args.name)]: values });
  const variables = variablesOf(host.scope(task, local));
  const included = (name: string): unknown => {
    const entry = hashBehaviour === 'merge' ? host.state.at('included', name, undefined) : undefined;
    return entry?.state === 'known' ? entry.value : undefined;
  };
  for (const [name, value] of Object.entries(facts)) {
    const before = args.hash_behaviour === 'merge' ? variables.get(name)?.value : included(name);
    host.state.set('included', name, { state: 'known', value: merged(before as Value, value) }, host.sequence);
  }
  return result('ok', { ansible_facts: facts, ansible_included_var_files: files });
};
