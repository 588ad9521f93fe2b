import type { Test } from '../runtime/callables.js';
import { ansibleTests } from './ansible.js';
import { builtinTests, resultTests } from './builtin.js';

const aliases: Readonly<Record<string, string>> = {
  '==': 'eq',
  equalto: 'eq',
  '!=': 'ne',
  '<': 'lt',
  lessthan: 'lt',
  '<=': 'le',
  '>': 'gt',
  greaterthan: 'gt',
  '>=': 'ge',
  failure: 'failed',
  success: 'succeeded',
  successful: 'succeeded',
  change: 'changed',
  skip: 'skipped',
  version_compare: 'version',
  issubset: 'subset',
  issuperset: 'superset',
  isnan: 'nan',
  is_file: 'file',
  is_dir: 'directory',
  isfile: 'file',
  isdir: 'directory',
  islink: 'link',
  is_link: 'link',
  is_mount: 'mount',
  is_same_file: 'same_file',
  is_abs: 'abs',
  isabs: 'abs',
};

/** Every test that is built in: Jinja2's and Ansible's. */
export function builtinTestsByName(): Map<string, Test> {
  const all = new Map<string, Test>();
  for (const table of [builtinTests, resultTests, ansibleTests]) {
    for (const [name, test] of Object.entries(table)) all.set(name, test);
  }
  for (const [alias, name] of Object.entries(aliases)) {
    const test = all.get(name);
    if (test !== undefined) all.set(alias, test);
  }
  return all;
}
