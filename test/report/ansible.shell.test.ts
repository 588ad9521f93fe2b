import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kprov } from '../support/kprov.js';

const directory = join(dirname(fileURLToPath(import.meta.url)), 'ansible');

/** Fields of a result that ansible-playbook shows and we do not, or that say when and how fast. */
const passing = ['delta', 'start', 'end', 'stdout_lines', 'stderr_lines'];

function withoutPassing(line: string): string {
  const at = line.indexOf('=> {"');
  if (at < 0) return line;
  const fields = JSON.parse(line.slice(at + 3)) as Record<string, unknown>;
  for (const name of passing) delete fields[name];
  return `${line.slice(0, at)}=> ${JSON.stringify(fields)}`;
}

/** What both must have in common, line by line. */
const comparable = (text: string): string[] =>
  text
    .replaceAll(/\nTASK \[meta\] \*+\n/g, '')
    .split('\n')
    // Our rows about a failure, and names of temporary files.
    .filter((line) => !/^ {4}(task {6}|command {3}|exit code|output {4}|cure {6}| {10})/.test(line))
    .filter((line) => !/^(--- before|\+\+\+ after)/.test(line))
    .map((line) => withoutPassing(line.trimEnd()));

test('plain output reads like that of ansible-playbook 2.14.18, recorded beside this test', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'kprov-plain-'));
  try {
    const out = join(scratch, 'out.txt');
    const args = ['run', '-i', 'hosts.ini', '--diff', 'site.yml', '-e', `out=${out}`];
    const { code, stdout } = await kprov(args, { cwd: directory });
    expect(code).toBe(2);
    const recorded = readFileSync(join(directory, 'recorded.txt'), 'utf8');
    expect(comparable(stdout.replaceAll(out, 'OUT'))).toEqual(comparable(recorded));
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
