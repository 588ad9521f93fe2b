// Runs Ansible's own integration targets, unchanged, with kprov in ansible-playbook's place, and prints a table.
//   npm run conformance -- --ansible PATH [--first N] [--engine ansible] [--logs FOLDER] [TARGET…]
// PATH is a checkout of ansible/ansible: nothing is fetched, nothing of it is kept. Without names: the ladder and the rest
// of targets.json; --first N: the first N of the ladder. --engine ansible runs the checkout's own Ansible instead, which
// tells a difference from what this machine cannot run. Each target has a throw-away copy of the machine (./sandbox).
// Exits with 1 when a target has not passed.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const secondsPerTarget = 600;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ansible: { type: 'string' },
    first: { type: 'string' },
    engine: { type: 'string', default: 'kprov' },
    logs: { type: 'string' },
  },
});
const checkout = resolve(options.ansible ?? '');
const integration = join(checkout, 'test/integration');
if (!options.ansible || !existsSync(join(integration, 'targets'))) {
  console.error(
    'usage: npm run conformance -- --ansible PATH [--first N] [--engine ansible] [--logs FOLDER] [TARGET…]',
  );
  console.error('PATH: a checkout of ansible/ansible, with test/integration/targets in it');
  process.exit(2);
}

const here = import.meta.dirname;
const { ladder, rest } = JSON.parse(readFileSync(join(here, 'targets.json'), 'utf8'));
const workshop = mkdtempSync(join(tmpdir(), 'kprov-conformance-'));
const logs = resolve(options.logs ?? join(workshop, 'logs'));
mkdirSync(logs, { recursive: true });
const tools = join(workshop, 'tools');
mkdirSync(tools);
symlinkSync('/usr/bin/python3', join(tools, 'python'));
symlinkSync(resolve(process.env.KPROV_PROGRAM ?? join(here, '../../dist/cli/main.js')), join(tools, 'kprov'));
const engine = options.engine === 'ansible' ? join(checkout, 'bin') : join(here, 'kprov');

/** ansible-test's own inventory and, around a target that is a role, its playbook. */
const inventory = `[testgroup]
testhost ansible_connection=local ansible_pipelining=yes ansible_python_interpreter=/usr/bin/python3
`;
const rolePlaybook = (target, aliases) => `- hosts: testhost
  gather_facts: ${!aliases.includes('gather_facts/no')}
  vars: { output_dir: /tmp/output }
  roles: [${target}]
`;

const script = `
mkdir -p /tmp/output
printf %s "$CONFORMANCE_INVENTORY" >inventory
if [ -e "targets/$TARGET/runme.sh" ]; then
  cd "targets/$TARGET" && exec ./runme.sh
else
  printf %s "$CONFORMANCE_PLAYBOOK" >"$TARGET.yml"
  exec ansible-playbook --force-handlers -i inventory "$TARGET.yml"
fi`;

/** Runs one target. Out: its exit code, what its script printed and what the engine printed. */
function runTarget(target) {
  const scratch = mkdtempSync(join(workshop, 'scratch-'));
  const files = { script: join(logs, `${target}.script.log`), engine: join(logs, `${target}.engine.log`) };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const output = openSync(files.script, 'a');
  const aliases = join(integration, 'targets', target, 'aliases');
  const env = {
    TARGET: target,
    CONFORMANCE_ENGINE: engine,
    CONFORMANCE_LOG: files.engine,
    CONFORMANCE_INVENTORY: inventory,
    CONFORMANCE_PLAYBOOK: rolePlaybook(target, existsSync(aliases) ? readFileSync(aliases, 'utf8') : ''),
    PATH: [join(here, 'bin'), engine, tools, process.env.PATH].join(':'),
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    TERM: 'dumb',
    ...(options.engine === 'ansible' && { PYTHONPATH: join(checkout, 'lib') }),
    ANSIBLE_ROLES_PATH: join(integration, 'targets'),
    ANSIBLE_INVENTORY: '/dev/null',
    ANSIBLE_FORCE_COLOR: 'false',
    ANSIBLE_DEPRECATION_WARNINGS: 'false',
    ANSIBLE_RETRY_FILES_ENABLED: 'false',
    ANSIBLE_HOST_KEY_CHECKING: 'false',
    ANSIBLE_TEST_PYTHON_INTERPRETER: '/usr/bin/python3',
    ANSIBLE_PLAYBOOK_DIR: join(integration, 'targets', target),
    INVENTORY_PATH: join(integration, 'inventory'),
    OUTPUT_DIR: '/tmp/output',
  };
  return new Promise((done) => {
    const child = spawn(join(here, 'sandbox'), [scratch, logs, '/bin/bash', '-c', script], {
      cwd: integration,
      env,
      stdio: ['ignore', output, output],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), secondsPerTarget * 1000);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      rmSync(scratch, { recursive: true, force: true });
      done({
        code: signal ? `not done in ${secondsPerTarget} s` : code,
        script: readFileSync(files.script, 'utf8'),
        engine: readFileSync(files.engine, 'utf8'),
      });
    });
  });
}

const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/** The first thing that was not as the target wants it, in a line. */
function firstDifference({ code, script, engine }) {
  if (code === 0) return '';
  const lines = engine.split('\n');
  const failed = lines.findLastIndex((line) => /^(fatal|failed): /.test(line));
  const error = lines.findLastIndex((line) => /^(error|ERROR|kprov:)/i.test(line));
  const at = Math.max(failed, error);
  if (at < 0) return `exit ${code}: ${script.trim().split('\n').at(-1)}`;
  const task = lines.slice(0, at).findLast((line) => /^(TASK|RUNNING HANDLER) /.test(line)) ?? '';
  const said = lines
    .slice(at, at + 12)
    .join(' ')
    .replaceAll(/\s+/g, ' ');
  return `${task.replace(/ \**$/, '')} ${said}`;
}

const started = Date.now();
const names = options.first ? ladder.slice(0, Number(options.first)) : [...ladder, ...rest];
const table = [];
for (const target of positionals.length > 0 ? positionals : names) {
  const result = await runTarget(target);
  table.push({ target, passed: result.code === 0 });
  const tasks = count(result.engine, /^TASK \[/gm);
  const asserts = count(result.engine, /"msg": "All assertions passed"/g);
  const verdict = result.code === 0 ? 'pass' : 'FAIL';
  console.log(
    `${verdict}  ${target.padEnd(32)} ${tasks} tasks, ${asserts} asserts  ${firstDifference(result)}`.slice(0, 400),
  );
}

const passedOf = (group) => {
  const ran = table.filter((row) => group.includes(row.target));
  return `${ran.filter((row) => row.passed).length} of ${ran.length}`;
};
console.log(
  `ladder: ${passedOf(ladder)} pass · rest: ${passedOf(rest)} pass · ${Math.round((Date.now() - started) / 1000)} s`,
);
if (options.logs) console.log(`logs: ${logs}`);
rmSync(options.logs ? tools : workshop, { recursive: true, force: true });
process.exitCode = table.every((row) => row.passed) ? 0 : 1;
