import { spawn } from 'node:child_process';
import { nodeFiles } from '../../engine/index.js';
import { KprovError } from '../../errors/index.js';
import { splitWords } from '../../tasks/index.js';
import { writeWhole } from './write.js';

/** All that comes in on standard input. */
export async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** A file's bytes, or with `-` what comes in. Throws KprovError where there is none. */
export async function readSource(path: string): Promise<Buffer> {
  if (path === '-') return readStandardInput();
  const bytes = nodeFiles.readBytes(path, { decrypt: false });
  if (bytes === undefined) throw new KprovError('file-not-found', `there is no file ${path}`);
  return Buffer.from(bytes);
}

/** Into the file, or with `-` out. */
export function writeTarget(path: string, content: Uint8Array, options: { keepsMode?: boolean } = {}): void {
  if (path === '-') process.stdout.write(content);
  else writeWhole(path, content, options);
}

/** Shows a text: page by page at a terminal. */
export async function page(text: string): Promise<void> {
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  if (process.stdout.isTTY !== true) {
    process.stdout.write(whole);
    return;
  }
  const [program = 'less', ...args] = splitWords(process.env.PAGER || 'less');
  await new Promise<void>((done) => {
    const pager = spawn(program, args, {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRSX', ...process.env },
    });
    pager.once('error', () => {
      process.stdout.write(whole);
      done();
    });
    pager.once('close', () => done());
    pager.stdin.on('error', () => undefined);
    pager.stdin.end(whole);
  });
}
