import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import type { Diagnostic } from '../../errors/index.js';
import { isShipped, type Task, useOwnTasks } from '../../tasks/index.js';
import { ForeignModules } from './modules.js';
import { problem, startOf, tasksOf } from './typescript.js';

const sources = /\.(?:[cm]?ts|[cm]?js)$/;
/** Ansible's MODULE_IGNORE_EXTS. */
const noModule = /(?:\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|yaml|yml|ini|orig|toml|json)|~)$/;

const defaultPaths = [resolve(homedir(), '.ansible/plugins/modules'), '/usr/share/ansible/plugins/modules'];

function names(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A script that says itself what runs it is a module, in whatever language. */
const saysItself = (path: string): boolean => readFileSync(path).subarray(0, 2).toString('latin1') === '#!';

interface Paths {
  /** Of roles, beside `roles/` next to the playbooks. */
  roles: readonly string[];
  /** `--module-path`, which goes before all others. */
  given?: readonly string[];
  /** ANSIBLE_LIBRARY. */
  configured?: readonly string[];
}

/**
 * The user's own tasks and modules: `library/` beside playbooks and in roles. What is in TypeScript or JavaScript is read
 * at once; a module in another language when a playbook names it. Folders below and names that begin with _ or . are left
 * alone: helpers.
 */
export class OwnTasks {
  readonly #paths: Paths;
  readonly #seen = new Set<string>();
  readonly #read = new Set<string>();
  readonly #tasks = new Map<string, { task: Task; file: string }>();
  readonly #utils = new Set<string>();
  readonly #beside = new ForeignModules(this.#utils);
  readonly #configured = new ForeignModules(this.#utils);

  constructor(paths: Paths) {
    this.#paths = paths;
    this.#use();
  }

  /** Playbooks that are about to be read, with the roles beside them and those of the configured folders. */
  addPlaybooks(playbooks: readonly string[]): Diagnostic[] {
    const { roles, given = [], configured = [] } = this.#paths;
    const problems = given.flatMap((path) => this.#readLibrary(resolve(path), this.#beside));
    for (const playbook of playbooks) {
      const folder = dirname(resolve(playbook));
      problems.push(...this.addFolder(folder), ...this.#addRoles(join(folder, 'roles')));
    }
    for (const path of roles) problems.push(...this.#addRoles(resolve(path)));
    for (const path of configured.length > 0 ? configured : defaultPaths)
      problems.push(...this.#readLibrary(path, this.#configured));
    this.#use();
    return problems;
  }

  /** The folder of a playbook or of a role. */
  addFolder(folder: string): Diagnostic[] {
    if (this.#seen.has(folder)) return [];
    this.#seen.add(folder);
    this.#addUtils(folder);
    const before = this.#tasks.size + this.#beside.sources.size;
    const problems = this.#readLibrary(join(folder, 'library'), this.#beside);
    if (this.#tasks.size + this.#beside.sources.size > before) this.#use();
    return problems;
  }

  /** Roles that may be used: what they have in place of a task of kprov's counts from when they are, as in Ansible. */
  #addRoles(path: string): Diagnostic[] {
    return names(path).flatMap((role) => {
      this.#addUtils(join(path, role));
      return this.#readLibrary(join(path, role, 'library'), this.#beside, (name) => !isShipped(name));
    });
  }

  #addUtils(folder: string): void {
    const utils = join(folder, 'module_utils');
    if (existsSync(utils)) this.#utils.add(utils);
  }

  #use(): void {
    const modules = new Map([...this.#configured.sources, ...this.#beside.sources]);
    useOwnTasks([...new Set([...this.#tasks.values()].map(({ task }) => task))], modules);
  }

  #readLibrary(folder: string, modules: ForeignModules, isWanted = (_: string) => true): Diagnostic[] {
    const problems: Diagnostic[] = [];
    for (const name of names(folder)) {
      const file = join(folder, name);
      if (/^[._]/.test(name) || noModule.test(name) || !isFile(file)) continue;
      const module = { name: parse(name).name, path: file };
      if (!sources.test(name) || saysItself(file)) {
        if (isWanted(module.name)) modules.add(module);
      } else if (!/\.d\.[cm]?ts$/.test(name)) problems.push(...this.#readTasks(file));
    }
    return problems;
  }

  #readTasks(file: string): Diagnostic[] {
    if (this.#read.has(file)) return [];
    this.#read.add(file);
    const { tasks, problems } = tasksOf(file);
    for (const task of tasks) {
      for (const each of [task.name, ...(task.aliases ?? [])]) {
        const earlier = this.#tasks.get(each);
        if (isShipped(each)) {
          problems.push(
            problem(startOf(file), 'task-exists', `there is a task ${each} in kprov already`, {
              fix: 'give yours another name',
            }),
          );
        } else if (earlier !== undefined && earlier.task !== task) {
          problems.push(
            problem(startOf(file), 'task-exists', `there is a task ${each} in ${earlier.file} already`, {
              fix: 'give one of them another name',
            }),
          );
        } else this.#tasks.set(each, { task, file });
      }
    }
    return problems;
  }
}
