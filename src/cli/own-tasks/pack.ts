import { randomBytes } from 'node:crypto';
import type { Refusal } from '../../tasks/index.js';
import { LACKS_PACKAGE, runPython } from '../python/run-python.js';
import { packProgram } from './pack-program.js';

export interface PythonModule {
  name: string;
  /** Its file. */
  path: string;
}

/** A module of Python in one file; `place`, a literal, stands where its arguments go. */
export interface Packed {
  text: string;
  place: string;
  /** Of the Ansible that packed it. */
  version: string;
  /** The internal arguments that this Ansible's modules know. */
  internals: readonly string[];
}

interface Answer {
  version: string;
  internals: string[];
  packed: Record<string, { text: string } | { error: string }>;
}

const noAnsible = (path: string, why: string): Refusal => ({
  why: `${path} imports ansible.module_utils, which is part of Ansible: ${why}`,
  fix: 'install it here (pip install ansible-core), or write the module as a script of another language; hosts need none of it',
});

/** The file of each module by its path, or why there is none. `utils`: folders of the user's own module_utils. */
export function packModules(modules: readonly PythonModule[], utils: readonly string[]): Map<string, Packed | Refusal> {
  const token = randomBytes(16).toString('hex');
  const run = runPython(packProgram, JSON.stringify({ modules, utils, token }));
  const all = (refusal: (path: string) => Refusal) => new Map(modules.map(({ path }) => [path, refusal(path)]));
  if (run === undefined) return all((path) => noAnsible(path, 'this machine has no Python'));
  if (run.code === LACKS_PACKAGE)
    return all((path) => noAnsible(path, `no Python of this machine has it (the last asked: ${run.python})`));
  if (run.code !== 0) {
    const said = run.stderr.trim().split('\n').at(-1) ?? '';
    return all((path) => ({ why: `${path}: Ansible of ${run.python} could not pack it: ${said}` }));
  }
  const { version, internals, packed } = JSON.parse(run.stdout) as Answer;
  const place = `'{"ANSIBLE_MODULE_ARGS": {"kprov": "${token}"}}'`;
  return new Map(
    modules.map(({ path }): [string, Packed | Refusal] => {
      const made = packed[path] ?? { error: 'it says nothing' };
      if ('error' in made) return [path, { why: `${path}: Ansible ${version} could not pack it: ${made.error}` }];
      if (made.text.split(place).length !== 2)
        return [path, { why: `${path}: Ansible ${version} packs modules in a way that kprov does not know` }];
      return [path, { text: made.text, place, version, internals }];
    }),
  );
}
