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
  // After the loading: compiled code is only good for the flags it was made with.
  const { setFlagsFromString } = await import('node:v8');
  // A run waits more than it computes: what the optimising compiler makes of a second's work would come when the work
  // is done, at a fifth of the whole processor time. What is still hot after eight times as much it compiles.
  setFlagsFromString('--interrupt-budget=1000000');
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
