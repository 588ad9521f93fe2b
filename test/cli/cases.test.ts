import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectGolden } from '../report/golden.js';
import { runMain } from './run-main.js';

const directory = join(dirname(fileURLToPath(import.meta.url)), 'cases');

/** The cases: a name, and a command line of words without spaces. */
const cases = readFileSync(join(directory, 'cases.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(/: +/) as [string, string]);

test.each(cases)('%s: kprov %s', async (name, line) => {
  const { text, code } = await runMain(
    line.split(' ').filter((word) => word !== ''),
    directory,
  );
  expectGolden(`cli/cases/${name}.golden`, `$ kprov ${line}\n${text}exit code ${code}\n`);
});
