import type { RunEvent, TaskFinished } from '../../engine/index.js';
import { KprovError } from '../../errors/index.js';
import { harmless } from '../../report/text.js';
import { isMapping, type Value } from '../../values/index.js';
import { exitCodeOf } from '../exit-codes.js';
import { readInputs } from '../inputs.js';
import { requireHosts } from '../limit.js';
import type { ConnectionFlags } from '../options.js';
import { refuseErrors } from '../refuse-errors.js';
import { runAdHoc } from '../run-ad-hoc.js';
import { settled } from '../settings/index.js';
import { say, sayError, sayWarnings } from '../terminal.js';

export interface AdhocFlags extends ConnectionFlags {
  moduleName?: string;
  args?: string;
  listHosts: boolean;
}

/** Ansible shows what these print instead of their results. */
const printing: ReadonlySet<string> = new Set(['command', 'shell', 'script', 'raw']);

const words = { ok: 'SUCCESS', changed: 'CHANGED', failed: 'FAILED', unreachable: 'UNREACHABLE' } as const;

function lineOf({ host, task, result }: TaskFinished): string {
  const { status, value } = result;
  if (status === 'skipped' || status === 'unknown') return `${harmless(host)} | ${status.toUpperCase()}`;
  const word = words[status];
  if (printing.has(task.action) && status !== 'unreachable' && value.rc !== undefined) {
    const output = [value.stdout, value.stderr, value.msg].filter((text) => typeof text === 'string' && text !== '');
    return `${harmless(host)} | ${word} | rc=${String(value.rc)} >>\n${output.map((text) => harmless(String(text))).join('\n')}`;
  }
  const mark = status === 'failed' || status === 'unreachable' ? '!' : '';
  return `${harmless(host)} | ${word}${mark} => ${harmless(JSON.stringify(value, null, 4))}`;
}

function show(event: RunEvent): void {
  if (event.type === 'notice') sayError(harmless(event.message));
  if (event.type === 'task-finished') say(lineOf(event));
}

function argumentsOf(text: string | undefined): Value {
  if (text === undefined || text.trim() === '') return null;
  if (!text.trimStart().startsWith('{') || text.trimStart().startsWith('{{')) return text;
  try {
    const value: unknown = JSON.parse(text);
    if (isMapping(value)) return value;
  } catch {
    // Not JSON: said below.
  }
  throw new KprovError('bad-argument', `--args: ${text} is neither key=value words nor a mapping in JSON`);
}

async function listHosts(pattern: string, flags: ConnectionFlags): Promise<number> {
  const { inventory, limit, diagnostics } = await readInputs(flags);
  sayWarnings(refuseErrors(diagnostics));
  const hosts = requireHosts(inventory, pattern, limit);
  say([`  hosts (${hosts.length}):`, ...hosts.map((host) => `    ${harmless(host)}`)].join('\n'));
  return 0;
}

/** `kprov adhoc PATTERN -m MODULE -a ARGS`: one task, with the command line of `ansible`. */
export async function adhoc(pattern: string, flags: AdhocFlags): Promise<number> {
  const { moduleName, args, listHosts: onlyLists, ...given } = flags;
  const settledFlags = settled({ ...given, mayLackHosts: true });
  if (onlyLists) return listHosts(pattern, settledFlags);
  const { settings } = settledFlags;
  const name = moduleName ?? settings?.text('module_name') ?? 'command';
  const task = { name, [name]: argumentsOf(args ?? settings?.text('module_args')) };
  const outcome = await runAdHoc({ pattern, tasks: [task], flags: settledFlags, listen: show });
  return exitCodeOf(outcome);
}
