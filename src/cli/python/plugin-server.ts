import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { readJson, TemplateError, UndefinedError, writeJson } from '../../template/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../../values/index.js';
import { pluginProgram } from './plugin-program.js';
import { LACKS_PACKAGE, runPython } from './run-python.js';

export const pluginKinds = ['filters', 'tests', 'lookups'] as const;
export type PluginKind = (typeof pluginKinds)[number];

/** Names of plugins by kind, and of what could not be loaded. */
export type Found = Record<PluginKind | 'warnings', string[]>;
export type Folders = Partial<Record<PluginKind, readonly string[]>>;

/** What a plugin asks back: a variable of the host, all names, a text rendered. Undefined: there is none. */
export type Answer = (question: Mapping) => Value | undefined;

const foundIn = (value: Value | undefined): Found => value as unknown as Found;

/**
 * A process of Python that runs the user's plugins. Templates are evaluated synchronously, so it is spoken to by named
 * pipes, which can be read and written so. It ends with this process.
 */
export class PluginServer {
  readonly #out: number;
  readonly #in: number;
  #rest = Buffer.alloc(0);
  #isBroken = false;

  private constructor(folder: string) {
    this.#out = openSync(join(folder, 'in'), 'w');
    this.#in = openSync(join(folder, 'out'), 'r');
  }

  /** Begins with what these folders hold. Throws KprovError where there is no Python. */
  static start(folders: Folders): { server: PluginServer; found: Found } {
    const given = (strict: boolean) => JSON.stringify({ strict, folders });
    let run = runPython(pluginProgram, given(true));
    // Plugins need not use anything of Ansible's.
    if (run?.code === LACKS_PACKAGE) run = runPython(pluginProgram, given(false));
    if (run?.code !== 0) {
      const [first] = Object.values(folders).flat();
      throw new KprovError('no-python', `the plugins in ${first} are Python, which this machine cannot run`, {
        why: run === undefined ? 'there is no Python here' : (run.stderr.trim().split('\n').at(-1) ?? run.python),
        fix: 'install python3 on the control machine; hosts need none',
      });
    }
    const { folder, found } = JSON.parse(run.stdout) as { folder: string; found: Found };
    return { server: new PluginServer(folder), found };
  }

  load(folders: Folders): Found {
    const request = { do: 'load', folders: folders as unknown as Value };
    return foundIn(this.ask(request, () => undefined));
  }

  /** Throws TemplateError with what the plugin says, and whatever `answer` throws. */
  ask(request: Mapping, answer: Answer): Value {
    this.#write(request);
    for (;;) {
      const message = this.#read();
      if (message.want !== undefined) this.#answer(message, answer);
      else if (message.error !== undefined) {
        const text = String(message.error);
        throw message.undefined === true
          ? new UndefinedError(text, {})
          : new TemplateError(text, { code: 'plugin-failed' });
      } else return message.value ?? null;
    }
  }

  /** What the answer takes may not be there yet: then the plugin is stopped, and the whole is tried again later. */
  #answer(question: Mapping, answer: Answer): void {
    let value: Value | undefined;
    try {
      value = answer(question);
    } catch (error) {
      do this.#write({ abort: true });
      while (this.#read().want !== undefined);
      throw error;
    }
    this.#write(value === undefined ? { missing: true } : { value });
  }

  #write(message: Mapping): void {
    if (this.#isBroken) this.#fail();
    const bytes = Buffer.from(`${writeJson(message)}\n`);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#out, bytes, at);
    } catch {
      this.#fail();
    }
  }

  #read(): Mapping {
    const chunks = [this.#rest];
    let end = this.#rest.indexOf(10);
    while (end < 0) {
      const chunk = Buffer.allocUnsafe(65536);
      const length = readSync(this.#in, chunk);
      if (length === 0) this.#fail();
      const part = chunk.subarray(0, length);
      end = part.indexOf(10);
      if (end >= 0) end += chunks.reduce((sum, { length: size }) => sum + size, 0);
      chunks.push(part);
    }
    const all = Buffer.concat(chunks);
    this.#rest = all.subarray(end + 1);
    const message = readJson(all.toString('utf8', 0, end));
    return isMapping(message) ? message : mapping();
  }

  #fail(): never {
    if (!this.#isBroken) {
      this.#isBroken = true;
      for (const pipe of [this.#in, this.#out]) closeSync(pipe);
    }
    throw new TemplateError('the Python that runs the plugins of yours has ended', { code: 'plugin-failed' });
  }
}
