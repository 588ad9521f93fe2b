import { InputError, KprovError } from '../../errors/index.js';
import { varsFilePlaces } from '../../playbook/index.js';
import { UndefinedError } from '../../template/index.js';
import { isMapping, type Mapping, mapping, putOver, type Value } from '../../values/index.js';
import { parseYaml } from '../../yaml/index.js';
import type { RunContext } from '../context.js';
import { type PlayScope, variablesOf } from './variables.js';

/**
 * `vars_files`: each entry a file, or a list of files of which the first that is there counts. Where a name is a template
 * (`{{ ansible_os_family }}.yml`) each host has its own, read when a variable is looked for that they may hold. Throws
 * InputError for files that are missing or bad.
 */
export function readVarsFiles(run: RunContext, scope: PlayScope): void {
  const { varsFiles } = scope.play;
  if (!JSON.stringify(varsFiles).includes('{{')) {
    Object.assign(scope.fileVars, varsOf(run, scope, '').vars);
    return;
  }
  const known = new Map<string, Mapping>();
  scope.fileVarsOf = (host) => {
    const found = known.get(host);
    if (found) return found;
    const { vars, isWhole } = varsOf(run, scope, host);
    if (isWhole) known.set(host, vars);
    return vars;
  };
}

/** Without facts a name that needs some is left out, as Ansible does: `isWhole` is false then. */
function varsOf(run: RunContext, scope: PlayScope, host: string): { vars: Mapping; isWhole: boolean } {
  const vars = mapping();
  let isWhole = true;
  for (const entry of scope.play.varsFiles) {
    const names = namesOf(run, { ...scope, fileVars: vars, fileVarsOf: undefined }, host, entry);
    if (names === undefined) isWhole = false;
    else putOver(vars, readFirst(run, scope, names), run.scope.hashBehaviour);
  }
  return { vars, isWhole };
}

function namesOf(run: RunContext, scope: PlayScope, host: string, entry: Value): string[] | undefined {
  const variables = variablesOf({ play: scope, host });
  const { templar, states } = run.scope;
  try {
    return (Array.isArray(entry) ? entry : [entry]).map((name) => String(templar.render(name, variables)));
  } catch (error) {
    if (!(error instanceof UndefinedError) || states.get(host)?.isGathered) throw error;
    return undefined;
  }
}

const contents = new WeakMap<RunContext, Map<string, Mapping>>();

function readFirst(run: RunContext, scope: PlayScope, names: readonly string[]): Mapping {
  const paths = names.flatMap((name) => varsFilePlaces(scope.play.directory, name));
  const path = paths.find((candidate) => run.files.kind(candidate) === 'file');
  if (path === undefined) {
    throw new KprovError('file-not-found', `vars_files: ${names.join(', ')} was not found`, {
      why: `looked for ${paths.join(', ')}`,
      position: scope.play.position,
    });
  }
  const known = contents.get(run) ?? new Map<string, Mapping>();
  contents.set(run, known);
  const vars = known.get(path) ?? readFile(run, path);
  known.set(path, vars);
  return vars;
}

function readFile(run: RunContext, path: string): Mapping {
  const { documents, diagnostics } = parseYaml(run.files.read(path) ?? '', path, run.files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new InputError(errors);
  const value = documents[0]?.value ?? mapping();
  if (isMapping(value)) return value;
  throw new KprovError('bad-variables', 'a file of variables holds a mapping', {
    position: { file: path, line: 1, column: 1 },
  });
}
