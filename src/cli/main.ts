#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
// Whoever reads the output may stop reading (`kprov doc | head`).
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

async function start(): Promise<void> {
  const { loadProgram } = await import('./bundle.js');
  const { main } = await loadProgram();
  process.exitCode = await main(args);
}

if (args[0] === '--version') {
  // Asked for often (scripts, completion): it needs none of the rest.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  process.stdout.write(`${version}\n`);
} else {
  void start();
}
