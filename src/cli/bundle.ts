import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** What `npm run build` makes of program.ts: a folder of parts, and beside each V8's compiled code of it. */
const folder = fileURLToPath(new URL('./parts', import.meta.url));

type Program = typeof import('./program.js');
type Require = (id: string) => unknown;
type Wrapper = (exports: object, require: Require, module: object, filename: string, dirname: string) => void;

/**
 * V8's, for the whole run; set before the first part is loaded, because compiled code is only good for the flags it was
 * made with. A run waits more than it computes: what the optimising compiler makes of a second's work would come when
 * the work is done, at a fifth of the whole processor time. What is still hot after eight times as much it compiles.
 */
export const flags = ['--interrupt-budget=1000000', '--semi-space-growth-factor=2'];

/**
 * Loads parts of the program from a folder, each once, and all that they import. Compiled code of another version of
 * Node, or of another build, is refused by V8: then the source is compiled.
 */
export function loadPart(folder: string): { part(name: string): unknown; scripts: ReadonlyMap<string, Script> } {
  const scripts = new Map<string, Script>();
  const loaded = new Map<string, { exports: object }>();
  const requireOther = createRequire(join(folder, 'program.js'));
  const require: Require = (id) => (id.startsWith('./') ? part(basename(id)) : requireOther(id));

  function part(name: string): unknown {
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const filename = join(folder, name);
    const cache = `${filename}.cache`;
    const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
    // latin1: the parts are pure ASCII, and V8 keeps such a text in half the memory.
    const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cachedData && { cachedData }) });
    scripts.set(name, script);
    (script.runInThisContext() as Wrapper)(module.exports, require, module, filename, folder);
    return module.exports;
  }
  return { part, scripts };
}

/** The program as it was built; the modules themselves where it was not. */
export async function loadProgram(): Promise<Program> {
  for (const flag of flags) setFlagsFromString(flag);
  if (!existsSync(folder)) return import('./program.js');
  return loadPart(folder).part('program.js') as Program;
}
