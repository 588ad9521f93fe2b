// Faults and attacks on the hosts of a test bed, then a table. A bed that is not up is brought up, and taken down at the end.
//   npm run test:faults [-- NAME…]        all, or those of some files: connection runs hosts inputs hostile secrets …
//   npm run test:faults -- --no-cluster   all but the files about kubeadm, which install packages for minutes
//   npm run test:faults -- --mutate [N…]  breaks each property on purpose and wants its test to fail; writes down when
//   KPROV_FAULTS=short                    leaves out what takes long; --report FILE keeps jest's own report
// The program under test is KPROV_PROGRAM, or a build of its own: somebody else may be building into dist meanwhile.
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const table = 'test/faults/mutations.json';
const rows = JSON.parse(readFileSync(table, 'utf8'));
const given = process.argv.slice(2);
const workshop = mkdtempSync(join(tmpdir(), 'kprov-faults-build-'));

/** The program, with those edits of its sources. */
function build(edits = []) {
  if (edits.length === 0 && process.env.KPROV_PROGRAM) return process.env.KPROV_PROGRAM;
  const folder = mkdtempSync(join(workshop, 'b-'));
  for (const name of ['src', 'package.json', 'package-lock.json', 'tsconfig.json', 'build.js'])
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
  // The program alone: no types for those who write tasks.
  const script = readFileSync('build.js', 'utf8').replace(/^.*tsconfig\.task\.json.*$/m, '');
  writeFileSync(join(folder, 'build.js'), script);
  execFileSync(process.execPath, ['build.js'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const program = join(folder, 'dist/cli/main.js');
  // What does not run at all would fail every test.
  execFileSync(process.execPath, [program, 'doc', 'copy'], { stdio: 'ignore' });
  return program;
}

/** The bed that the environment names, and beside it those for the files about the cluster, where those are not alone. */
const bed = {
  KPROV_LAB_NAME: process.env.KPROV_LAB_NAME || 'kprov-lab',
  KPROV_LAB_SUBNET: process.env.KPROV_LAB_SUBNET || '172.28.10',
  KPROV_LAB_PROFILES: process.env.KPROV_LAB_PROFILES || 'bare',
};
const beside = (word, distance) => ({
  KPROV_LAB_NAME: `${bed.KPROV_LAB_NAME}-${word}`,
  KPROV_LAB_SUBNET: bed.KPROV_LAB_SUBNET.replace(/\d+$/, (octet) => String(Number(octet) + distance)),
  KPROV_LAB_INNER: '',
  KPROV_LAB_PROFILES: '',
  KPROV_LAB_STATE: '',
  KPROV_CLUSTER: 'kept',
});
/** Of the subnets the next one is behind the bed's bastion. */
const clusterLanes = [
  { names: ['cluster'], on: beside('cluster', 2) },
  { names: ['cluster-init', 'cluster-sweep'], on: beside('init', 3) },
];

const lab = (command, env) =>
  new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env }, stdio: ['ignore', 2, 2] };
    spawn('test/lab/lab', [command], options).on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`test/lab/lab ${command} failed for ${env.KPROV_LAB_NAME}`)),
    );
  });

function isUp({ KPROV_LAB_NAME: name }) {
  try {
    const args = ['inspect', '-f', '{{.State.Running}}', `${name}-node1-1`];
    return execFileSync('docker', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString() === 'true\n';
  } catch {
    return false;
  }
}

/** Does the work on those beds. */
async function onBeds(beds, work) {
  const ours = beds.filter((each) => !isUp(each));
  try {
    for (const each of ours) await lab('up', each);
    return await work();
  } finally {
    for (const each of ours) await lab('down', each);
  }
}

/** Tests of those files on a bed, and what they said about figures. Rejects when jest gave no report. */
function jest(program, args, { sources, on = bed } = {}) {
  const report = join(mkdtempSync(join(workshop, 'r-')), 'report.json');
  const command = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '-c', 'test/faults/jest.config.js'];
  command.push('--reporters', '<rootDir>/test/faults/progress.mjs', '--runInBand', '--forceExit');
  command.push('--json', '--outputFile', report, ...args);
  const env = {
    ...process.env,
    ...on,
    KPROV_PROGRAM: program,
    NODE_NO_WARNINGS: '1',
    ...(sources && { KPROV_SOURCES: sources }),
  };
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = `${complaints}${text}`.slice(-4000);
    process.stderr.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      if (!existsSync(report)) return reject(new Error(`no tests were run:\n${complaints}`));
      const figures = said.split('\n').filter((line) => line.startsWith('figure: '));
      resolve({ figures: figures.map((line) => line.slice(8)), report: JSON.parse(readFileSync(report, 'utf8')) });
    });
  });
}

/**
 * Tests of those files. What is about the cluster waits most of its time: where there is more than that, it has beds of its
 * own, and all go on at once.
 */
async function jestOnBeds(program, files) {
  const others = files.filter((name) => !name.startsWith('cluster'));
  const lanes = [{ names: others, on: bed }, ...(others.length === 0 ? [{ names: files, on: bed }] : clusterLanes)]
    .map(({ names, on }) => ({ names: names.filter((name) => files.includes(name)), on }))
    .filter(({ names }) => names.length > 0);
  const ended = await onBeds(
    lanes.map(({ on }) => on),
    () =>
      Promise.allSettled(
        lanes.map(({ names, on }) =>
          jest(
            program,
            names.map((name) => `/${name}.faults`),
            { on },
          ),
        ),
      ),
  );
  const done = ended.map(({ value, reason }) => {
    if (reason) throw reason;
    return value;
  });
  return { figures: done.flatMap(({ figures }) => figures), report: merged(done.map(({ report }) => report)) };
}

/** Reports of jest as one: numbers are added up. */
function merged([first, ...others]) {
  const sum = { ...first };
  for (const report of others) {
    for (const [key, value] of Object.entries(report)) {
      if (typeof value === 'number' && key !== 'startTime') sum[key] += value;
      else if (key === 'testResults') sum[key] = [...sum[key], ...value];
    }
    sum.success &&= report.success;
  }
  return sum;
}

const fileOf = ({ name }) => name.replace(/.*\/|\.faults\.ts$/g, '');

async function test(files, keep) {
  const { figures, report } = await jestOnBeds(build(), files);
  if (keep) writeFileSync(keep, JSON.stringify(report));
  const seen = report.testResults.flatMap((result) =>
    result.assertionResults.map((each) => ({ ...each, file: fileOf(result) })),
  );
  const matches = (row) => seen.filter(({ file, fullName }) => file === row.file && RegExp(row.test).test(fullName));
  const proven = new Set(rows.flatMap(matches));
  const say = (line) => process.stdout.write(`${line}\n`);
  say('row | test | passed | a mutation that makes it fail');
  say('--- | --- | --- | ---');
  const wanted = rows.filter(({ file }) => files.includes(file));
  let survived = 0;
  for (const row of wanted) {
    const mine = matches(row).filter(({ status }) => status !== 'pending');
    const passed = mine.filter(({ status }) => status === 'passed').length;
    if (mine.length > 0 && passed === mine.length) survived++;
    const caught = row.seen ? `seen to fail it ${row.seen}` : 'not seen yet';
    say(`${row.row} | ${row.file}: ${row.test} | ${passed} of ${mine.length} | ${row.breaks} (${caught})`);
  }
  for (const { file, fullName, status } of seen.filter((each) => !proven.has(each)))
    say(`(no mutation) | ${file}: ${fullName} | ${status} |`);
  const failures = seen.filter(({ status }) => status === 'failed');
  for (const { file, fullName, failureMessages } of failures)
    say(`\nFAILED ${file}: ${fullName}\n${failureMessages.join('\n').slice(0, 4000)}`);
  const broken = report.testResults.filter(({ assertionResults }) => assertionResults.length === 0);
  for (const { name, message } of broken) say(`\nFAILED ${name}\n${message.slice(0, 4000)}`);
  const passed = seen.filter(({ status }) => status === 'passed').length;
  const skipped = seen.length - passed - failures.length;
  const caught = wanted.filter(({ seen: when }) => when).length;
  const seconds = report.testResults.map(({ startTime, endTime, ...result }) => [
    fileOf(result),
    Math.round((endTime - startTime) / 1000),
  ]);
  seconds.sort(([, one], [, other]) => other - one);
  say(`\n${figures.join('\n')}`);
  say(`seconds: ${seconds.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  say(`faults survived: ${survived} of ${wanted.length}, with a mutation that was seen to fail the test: ${caught}`);
  say(`${passed} passed, ${failures.length + broken.length} failed, ${skipped} left out`);
  return failures.length + broken.length === 0 && passed > 0;
}

/** When the mutation was caught, in the table as it is now. */
function remember({ row: name, breaks }, seen) {
  const now = JSON.parse(readFileSync(table, 'utf8'));
  // What is undefined is left out.
  for (const row of now) if (row.row === name && row.breaks === breaks) row.seen = seen;
  writeFileSync(table, `${JSON.stringify(now, null, 2)}\n`);
}

/** The files that were asked for. */
function chosen(names) {
  const all = readdirSync('test/faults').flatMap((name) => /^(.*)\.faults\.ts$/.exec(name)?.[1] ?? []);
  if (names.length === 0) return all;
  if (!names.includes('--no-cluster')) return names;
  const others = all.filter((name) => !name.startsWith('cluster'));
  return [...new Set([...names.filter((name) => name !== '--no-cluster'), ...others])];
}

async function mutate(numbers) {
  let survivors = 0;
  for (const [index, row] of rows.entries()) {
    if (numbers.length > 0 && !numbers.includes(String(index + 1)) && !numbers.includes(row.file)) continue;
    if (row.skip) continue;
    const say = (word) =>
      process.stdout.write(`${String(index + 1).padStart(3)} ${word.padEnd(9)} ${row.row}: ${row.breaks}\n`);
    try {
      const program = build([row, ...(row.also ? [row.also] : [])]);
      const args = [`/${row.file}.faults`, '-t', row.only ?? row.test];
      // A mutant that hangs is caught by the test's time.
      if (row.hangs) args.push('--testTimeout', '90000');
      const { report } = await jest(program, args, { sources: join(program, '../../../src') });
      const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
      const isCaught = results.some(({ status }) => status === 'failed');
      if (!isCaught) survivors++;
      remember(row, isCaught ? new Date().toISOString().slice(0, 10) : undefined);
      say(isCaught ? 'caught' : 'SURVIVED');
    } catch (error) {
      survivors++;
      say(`NO PROOF (${String(error).split('\n')[0]})`);
    }
  }
  return survivors === 0;
}

try {
  const at = given.indexOf('--report');
  const [, keep] = at < 0 ? [] : given.splice(at, 2);
  const isWell =
    given[0] === '--mutate' ? await onBeds([bed], () => mutate(given.slice(1))) : await test(chosen(given), keep);
  process.exitCode = isWell ? 0 : 1;
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
