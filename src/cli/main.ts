#!/usr/bin/env node
import { readFileSync } from 'node:fs';

// The version is asked for often (scripts, completion): it needs none of the rest.
if (process.argv[2] === '--version' && process.argv.length === 3) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  process.stdout.write(`${version}\n`);
} else {
  const { main } = await import('./program.js');
  process.exitCode = await main(process.argv.slice(2));
}
