import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** What `npm run build` makes of program.ts: one file, and beside it V8's compiled code of it. */
const file = fileURLToPath(new URL('./kprov.cjs', import.meta.url));

type Program = typeof import('./program.js');

/** Compiled code of another version of Node, or of another bundle, is refused by V8: then the source is compiled. */
export function compileBundle(path: string, cachedData?: Buffer): { script: Script; run(): Program } {
  // latin1: the bundle is pure ASCII, and V8 keeps such a text in half the memory.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(path, 'latin1')}\n})`;
  const script = new Script(source, { filename: path, ...(cachedData !== undefined && { cachedData }) });
  const run = (): Program => {
    const module = { exports: {} };
    script.runInThisContext()(module.exports, createRequire(path), module, path, dirname(path));
    return module.exports as Program;
  };
  return { script, run };
}

/** The program as it was built; the modules themselves where it was not. */
export async function loadProgram(): Promise<Program> {
  if (!existsSync(file)) return import('./program.js');
  const cache = `${file}.cache`;
  return compileBundle(file, existsSync(cache) ? readFileSync(cache) : undefined).run();
}
