import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { splitWords } from '../../tasks/index.js';

/** Overwritten before it is removed, for what that is worth on today's disks. */
function shred(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0) writeFileSync(path, Buffer.alloc(size));
}

function run(command: readonly string[], path: string): Promise<void> {
  const [program = 'vi', ...args] = command;
  return new Promise((done, fail) => {
    const child = spawn(program, [...args, path], { stdio: 'inherit' });
    child.once('error', (cause) => {
      fail(new KprovError('no-editor', `the editor ${program} cannot be run`, { cause, fix: 'set EDITOR' }));
    });
    child.once('close', (code) => {
      if (code === 0) done();
      else fail(new KprovError('editor-failed', `the editor ended with exit code ${code}; nothing was written`));
    });
  });
}

/** What a person makes of a text in EDITOR, in a directory of its own that only he can read, and which is gone then. */
export async function edited(text: Uint8Array, name: string): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'kprov-vault-'));
  const path = join(directory, basename(name));
  try {
    writeFileSync(path, text, { mode: 0o600 });
    await run(splitWords(process.env.EDITOR || 'vi'), path);
    return readFileSync(path);
  } finally {
    shred(path);
    rmSync(directory, { recursive: true, force: true });
  }
}
