import { jest } from '@jest/globals';
import { main } from '../../src/cli/program.js';

/** What a command line printed and how it ended, run in this process without a terminal. */
export async function runMain(args: readonly string[], directory: string): Promise<{ text: string; code: number }> {
  let text = '';
  const take = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const before = process.cwd();
  const [columns, noColor] = [process.stdout.columns, process.env.NO_COLOR];
  process.stdout.columns = 80;
  process.env.NO_COLOR = '1';
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(take),
  );
  process.chdir(directory);
  try {
    const code = await main(args);
    return { text, code };
  } finally {
    process.chdir(before);
    process.stdout.columns = columns;
    if (noColor === undefined) delete process.env.NO_COLOR;
    out?.mockRestore();
    err?.mockRestore();
  }
}
