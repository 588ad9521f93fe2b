import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Programs that stand in for a host's own, first on PATH; each call is recorded with its arguments, byte for byte. */
export class Doubles {
  readonly folder = mkdtempSync(join(tmpdir(), 'kprov-doubles-'));
  readonly #log = join(this.folder, 'calls');

  constructor() {
    writeFileSync(this.#log, '');
  }

  /** `body` is shell text; it sees the arguments as "$@". */
  add(name: string, body: string): this {
    const record = `{ printf '%s\\0' ${name} "$@"; printf '\\001\\0'; } >>'${this.#log}'`;
    writeFileSync(join(this.folder, name), `#!/bin/sh\n${record}\n${body}\n`, { mode: 0o755 });
    return this;
  }

  /** The calls so far: name and arguments of each. */
  calls(): string[][] {
    const words = readFileSync(this.#log, 'utf8').split('\0').slice(0, -1);
    const calls: string[][] = [[]];
    for (const word of words) {
      if (word === '\u0001') calls.push([]);
      else calls.at(-1)?.push(word);
    }
    return calls.slice(0, -1);
  }

  forget(): void {
    writeFileSync(this.#log, '');
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.folder}${delimiter}${process.env.PATH ?? ''}` };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
