// Faults and attacks on the hosts of a running bed (test/lab/lab up), then a table.
//   npm run test:faults [-- NAME…]        all, or those of some files: connection runs hosts hostile secrets fuzz
//   npm run test:faults -- --mutate [N…]  breaks each property on purpose and wants its test to fail
// The program under test is KPROV_PROGRAM, or what `npm run build` made; mutants are built apart.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rows = JSON.parse(readFileSync('test/faults/mutations.json', 'utf8'));
const given = process.argv.slice(2);
const workshop = mkdtempSync(join(tmpdir(), 'kprov-faults-build-'));

function build(edits = []) {
  if (edits.length === 0) return process.env.KPROV_PROGRAM ?? join(process.cwd(), 'dist/cli/main.js');
  const folder = mkdtempSync(join(workshop, 'b-'));
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(name, join(folder, name), { recursive: true });
  for (const name of ['node_modules', 'playbooks']) symlinkSync(join(process.cwd(), name), join(folder, name));
  for (const { in: file, from, to } of edits) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  // What breaks a property on purpose may leave something unused: what is emitted counts.
  spawnSync(join(process.cwd(), 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--incremental', 'false'], {
    cwd: folder,
    stdio: 'ignore',
  });
  const program = join(folder, 'dist/cli/main.js');
  // What does not run at all would fail every test.
  execFileSync(process.execPath, [program, 'doc', 'copy'], { stdio: 'ignore' });
  return program;
}

function jest(program, args) {
  const report = join(workshop, 'report.json');
  rmSync(report, { force: true });
  const command = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '-c',
    'test/faults/jest.config.js',
    '--runInBand',
    '--forceExit',
    '--json',
    '--outputFile',
    report,
    ...args,
  ];
  const env = { ...process.env, KPROV_PROGRAM: program, NODE_NO_WARNINGS: '1' };
  const { stdout } = spawnSync(process.execPath, command, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
  });
  const figures = stdout.split('\n').filter((line) => /^(kill points|places searched|memory under)/.test(line));
  return { figures, files: JSON.parse(readFileSync(report, 'utf8')).testResults };
}

function test(files) {
  const { figures, files: results } = jest(
    build(),
    files.map((name) => `${name}.faults`),
  );
  let failed = 0;
  for (const { name, assertionResults, message } of results) {
    process.stdout.write(`\n${name.replace(/.*\//, '')}\n`);
    if (assertionResults.length === 0) failed++;
    for (const { status, fullName } of assertionResults) {
      if (status === 'failed') failed++;
      const row = rows.find((each) => new RegExp(each.test).test(fullName));
      process.stdout.write(`  ${status.padEnd(7)} ${fullName}${row ? `\n          fails when: ${row.breaks}` : ''}\n`);
    }
    if (assertionResults.some(({ status }) => status === 'failed') || assertionResults.length === 0)
      process.stdout.write(`${message.slice(0, 6000)}\n`);
  }
  process.stdout.write(`\n${figures.join('\n')}\n${failed} failed\n`);
  return failed === 0;
}

function mutate(numbers) {
  let survivors = 0;
  for (const [index, row] of rows.entries()) {
    if (numbers.length > 0 && !numbers.includes(String(index + 1))) continue;
    const program = build([row, ...(row.also ? [row.also] : [])]);
    const { files } = jest(program, [`${row.file}.faults`, '-t', row.test]);
    const isCaught = files.some(({ assertionResults }) => assertionResults.some(({ status }) => status === 'failed'));
    if (!isCaught) survivors++;
    process.stdout.write(
      `${String(index + 1).padStart(2)} ${isCaught ? 'caught  ' : 'SURVIVED'} ${row.row}: ${row.breaks}\n`,
    );
  }
  return survivors === 0;
}

try {
  execFileSync('test', ['-d', 'node_modules']);
  const isWell = given[0] === '--mutate' ? mutate(given.slice(1)) : test(given);
  process.exitCode = isWell ? 0 : 1;
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
