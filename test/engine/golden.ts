import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attributesUnder,
  filesUnder,
  localHosts,
  type PlaybookRun,
  runPlaybookFiles,
  workFolder,
} from '../support/run-playbook.js';

/** What a case comes to, in the form in which kprov's and Ansible's answers are compared. */
export interface Golden {
  hosts: Record<string, { task: string; status: string; ignored: boolean; result: unknown }[]>;
  recap: Record<string, Record<string, number>>;
  files: Record<string, string>;
  /** Kinds, modes and owners of the files. */
  attributes: Record<string, string>;
}

export interface Case {
  name: string;
  directory: string;
  files: Record<string, string>;
  args: string[];
  /** Ansible's jinja2_native while the answer is recorded; default true. */
  native?: boolean;
  /** ANSIBLE_* variables under both. */
  settings?: Record<string, string>;
  /** It tells about this machine: Ansible is asked each time, where it is installed. */
  live?: boolean;
  /** Fields of results that are not compared. */
  ignore?: string[];
  /** Why kprov's answer is meant to differ from Ansible's: the golden answer is then kprov's own. */
  differs?: string;
  /** Why only the recap is meant to differ: the golden recap is kprov's own, all else Ansible's. */
  recount?: string;
}

const defaultHosts = `${localHosts(['h1', 'h2', 'h3'])}[web]\nh1\nh2\n[db]\nh3\n`;

/** The folders of `cases/`: a playbook and its files; `case.json` holds options of the command line. */
export function readCases(root: string): Case[] {
  return readdirSync(root)
    .filter((name) => statSync(join(root, name)).isDirectory())
    .map((name) => {
      const directory = join(root, name);
      const files = filesUnder(directory);
      const options = files['case.json'] === undefined ? {} : JSON.parse(files['case.json']);
      delete files['expected.json'];
      delete files['case.json'];
      return { name, directory, files: { 'hosts.ini': defaultHosts, ...files }, args: [], ...options };
    });
}

/** Fields that only Ansible has, that tell of time, or that are Python's: of no interest to a playbook. */
const ignoredFields = new Set(
  `start end delta invocation warnings deprecations exception module_stdout module_stderr diff ansible_no_log
   skip_reason false_condition stderr_lines stdout_lines reason include add_host add_group parent_groups include_args
   ansible_loop_var ansible_index_var ansible_loop path size uid gid owner group mode state md5sum checksum src dest
   user_input echo stdout_file msg_detail ansible_included_var_files _ansible_item_label skipped_reason hint output
   attempts_left verbose_override ansible_failed_task rc_reason cmd argument_errors argument_spec_data validate_args_context ansible_job_id results_file erased`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Messages that are the playbook's own, not the program's. */
const spoken = new Set(['debug', 'fail']);

const isPythonsTale = (value: unknown): boolean => typeof value === 'string' && /^The conditional check/.test(value);

function plain(value: unknown, keepMessage: boolean, ignored: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, keepMessage, ignored));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !ignored.has(name) && !name.startsWith('_ansible') && (keepMessage || name !== 'msg'))
      .filter(([name, item]) => !(['failed', 'skipped', 'unreachable'].includes(name) && item === false))
      .filter(([, item]) => !isPythonsTale(item))
      .map(([name, item]) => [name, plain(item, keepMessage, ignored)]),
  );
}

type Raw = {
  hosts: Record<string, { task: string; action: string; status: string; ignored: boolean; result: unknown }[]>;
};

export function comparable(
  { hosts }: Raw,
  recap: Record<string, object>,
  written: Pick<Golden, 'files' | 'attributes'>,
  about: { directory: string; ignore: readonly string[] | undefined },
): Golden {
  const ignoredHere = new Set([...ignoredFields, ...(about.ignore ?? [])]);
  const golden: Golden = {
    hosts: Object.fromEntries(
      Object.entries(hosts)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([host, records]) => [
          host,
          records
            .filter(({ action }) => action !== 'meta')
            .map(({ task, action, status, ignored, result }) => ({
              task,
              status,
              // Ansible's callback is not told that an unreachable host was put up with.
              ignored: ignored && status !== 'unreachable',
              result: plain(result, spoken.has(action) && (action === 'fail' || status !== 'failed'), ignoredHere),
            })),
        ]),
    ),
    recap: Object.fromEntries(
      Object.entries(recap)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([host, counts]) => [host, counted(counts as Record<string, number>)]),
    ),
    ...written,
  };
  return JSON.parse(JSON.stringify(golden).replaceAll(about.directory, 'WORK'));
}

function counted(counts: Record<string, number>): Record<string, number> {
  const { ok = 0, changed = 0, unreachable = 0, skipped = 0, rescued = 0, ignored = 0 } = counts;
  const failed = counts.failed ?? counts.failures ?? 0;
  return { ok, changed, unreachable, failed, skipped, rescued, ignored };
}

export async function runCase({ files, args, ignore, settings }: Case): Promise<{ golden: Golden; run: PlaybookRun }> {
  const run = await runPlaybookFiles({ files, args, settings });
  const { unknown: _, ...recap } = { unknown: 0, ...run.recap };
  return {
    golden: comparable(
      run,
      recap,
      { files: run.files, attributes: run.attributes },
      { directory: run.directory, ignore },
    ),
    run,
  };
}

export function isAnsibleHere(): boolean {
  return spawnSync('ansible-playbook', ['--version']).status === 0;
}

/** The answer of the ansible-playbook that is installed here. */
export function askAnsible({ files, args, name, ignore, settings, native = true }: Case): Golden {
  const directory = workFolder(files);
  const record = join(directory, 'record.json');
  try {
    try {
      execFileSync(
        'ansible-playbook',
        ['-i', 'hosts.ini', 'playbook.yml', ...args.map((arg) => arg.replaceAll('WORK', directory))],
        {
          cwd: directory,
          encoding: 'utf8',
          stdio: 'pipe',
          env: {
            ...process.env,
            ANSIBLE_CALLBACK_PLUGINS: join(process.cwd(), 'test/engine'),
            ANSIBLE_STDOUT_CALLBACK: 'kprov_record',
            ANSIBLE_JINJA2_NATIVE: native ? 'True' : 'False',
            ANSIBLE_PIPELINING: 'True',
            ANSIBLE_LOCALHOST_WARNING: 'False',
            ANSIBLE_DEPRECATION_WARNINGS: 'False',
            ...settings,
            KPROV_RECORD: record,
          },
        },
      );
    } catch (error) {
      if (!existsSync(record))
        throw new Error(`${name}: ansible-playbook: ${String((error as { stderr: string }).stderr)}`);
    }
    const { hosts, recap } = JSON.parse(readFileSync(record, 'utf8'));
    const out = join(directory, 'out');
    return comparable(
      { hosts },
      recap,
      { files: filesUnder(out), attributes: attributesUnder(out) },
      { directory, ignore },
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function expectedOf(given: Case): Golden | undefined {
  const file = join(given.directory, 'expected.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function writeExpected(given: Case, golden: Golden): void {
  writeFileSync(join(given.directory, 'expected.json'), `${JSON.stringify(golden, null, 1)}\n`);
}
