import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { filter, type Lookup, type Templar, test, toValue, type Variables } from '../template/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { type Answer, type Folders, type PluginKind, PluginServer, pluginKinds } from './python/plugin-server.js';
import type { Settings } from './settings/index.js';

const folderNames: Readonly<Record<PluginKind, string>> = {
  filters: 'filter_plugins',
  tests: 'test_plugins',
  lookups: 'lookup_plugins',
};

const names = (path: string): string[] => {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
};

/** A configured folder counts with what is one and two below it, as with Ansible. */
const withInner = (path: string): string[] => {
  const inner = names(path).map((name) => join(path, name));
  return [path, ...inner, ...inner.flatMap((folder) => names(folder).map((name) => join(folder, name)))];
};

function configured(kind: PluginKind, settings: Settings | undefined): string[] {
  const given = settings?.paths(folderNames[kind], ':') ?? [];
  if (given.length > 0) return given.flatMap(withInner);
  const name = kind.slice(0, -1);
  return [resolve(homedir(), `.ansible/plugins/${name}`), `/usr/share/ansible/plugins/${name}`];
}

const hasPlugins = (path: string): boolean =>
  existsSync(path) && readdirSync(path).some((name) => name.endsWith('.py') && name !== '__init__.py');

const asMapping = (entries: ReadonlyMap<string, unknown>): Mapping => {
  const values = mapping();
  for (const [name, value] of entries) values[name] = toValue(value);
  return values;
};

/**
 * The user's own filters, tests and lookups in Python: `filter_plugins/` and the like beside playbooks and in roles, and
 * in configured folders. They run on the control machine, in one process that is begun when the first folder is found.
 */
export class OwnPlugins {
  readonly #templar: Templar;
  readonly #warn: (message: string) => void;
  readonly #seen = new Set<string>();
  readonly #configured: Folders;
  readonly #lookups = new Set<string>();
  #server: PluginServer | undefined;

  constructor(templar: Templar, settings: Settings | undefined, warn: (message: string) => void) {
    this.#templar = templar;
    this.#warn = warn;
    this.#configured = Object.fromEntries(pluginKinds.map((kind) => [kind, configured(kind, settings)]));
  }

  hasLookup(name: string): boolean {
    return this.#lookups.has(name);
  }

  /** The folder of a playbook, with the roles beside it. */
  addPlaybook(folder: string): void {
    const roles = join(folder, 'roles');
    const around = [folder, ...names(roles).map((name) => join(roles, name))];
    const found: Record<PluginKind, string[]> = { filters: [], tests: [], lookups: [] };
    for (const kind of pluginKinds) {
      found[kind] = [...around.map((path) => join(path, folderNames[kind])), ...(this.#configured[kind] ?? [])];
    }
    this.#load(found);
  }

  /** The folder of a role, or of an imported playbook. */
  addFolder(folder: string): void {
    this.#load(Object.fromEntries(pluginKinds.map((kind) => [kind, [join(folder, folderNames[kind])]])));
  }

  #load(given: Folders): void {
    const folders: Record<string, string[]> = {};
    for (const kind of pluginKinds) {
      const fresh = (given[kind] ?? []).filter((path) => !this.#seen.has(`${kind} ${path}`) && hasPlugins(path));
      for (const path of fresh) this.#seen.add(`${kind} ${path}`);
      if (fresh.length > 0) folders[kind] = fresh;
    }
    if (Object.keys(folders).length === 0) return;
    let found: ReturnType<PluginServer['load']>;
    if (this.#server === undefined) {
      const started = PluginServer.start(folders);
      this.#server = started.server;
      found = started.found;
    } else found = this.#server.load(folders);
    for (const warning of found.warnings) this.#warn(warning);
    for (const name of found.lookups) this.#lookups.add(name);
    this.#use(this.#server, found);
  }

  #use(server: PluginServer, { filters, tests, lookups }: Record<PluginKind, string[]>): void {
    const noAnswer: Answer = () => undefined;
    const call = (
      kind: 'filter' | 'test',
      name: string,
      given: readonly [unknown, readonly unknown[], Mapping],
    ): Value => {
      const [value, args, kwargs] = given;
      return server.ask(
        { do: kind, name, value: toValue(value), args: args.map((arg) => toValue(arg)), kwargs },
        noAnswer,
      );
    };
    const of = <T>(all: readonly string[], make: (name: string) => T): Record<string, T> =>
      Object.fromEntries(all.map((name) => [name, make(name)]));
    this.#templar.addPlugins({
      filters: of(filters, (name) =>
        filter('* **', (value, _, { rest, extra }) => call('filter', name, [value, rest, asMapping(extra)])),
      ),
      tests: of(tests, (name) =>
        test('* **', (value, _, { rest, extra }) => call('test', name, [value, rest, asMapping(extra)]) === true),
      ),
      lookups: of(lookups, (name) => this.#lookup(server, name)),
    });
  }

  #lookup(server: PluginServer, name: string): Lookup {
    const answer =
      (variables: Variables): Answer =>
      (question) => {
        if (question.want === 'names') return [...variables.names()];
        if (question.want === 'template') return this.#templar.render(question.value ?? null, variables);
        const asked = String(question.name);
        return variables.get(asked) === undefined ? undefined : this.#templar.evaluate(asked, variables);
      };
    return (terms, kwargs, variables) => {
      const values = server.ask({ do: 'lookup', name, terms, kwargs }, answer(variables));
      return Array.isArray(values) || isMapping(values) ? values : [values];
    };
  }
}
