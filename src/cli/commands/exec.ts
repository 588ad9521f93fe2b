import type { RunEvent } from '../../engine/index.js';
import { cureOf } from '../../report/hints.js';
import { harmless } from '../../report/text.js';
import { exitCodeOf } from '../exit-codes.js';
import type { ConnectionFlags } from '../options.js';
import { runAdHoc } from '../run-ad-hoc.js';
import { say, sayError } from '../terminal.js';

function show(event: RunEvent): void {
  if (event.type === 'notice') sayError(harmless(event.message));
  if (event.type !== 'task-finished') return;
  const { status, value, message } = event.result;
  const hint = cureOf(event.result);
  const host = harmless(event.host);
  if (status === 'unreachable') {
    say(
      `${host} | UNREACHABLE! => ${harmless(message ?? '')}${hint === undefined ? '' : `\n    cure: ${harmless(hint)}`}`,
    );
    return;
  }
  const word = status === 'failed' ? 'FAILED' : status.toUpperCase();
  const output = [value.stdout, value.stderr].filter((text) => typeof text === 'string' && text !== '');
  const rc = value.rc === undefined ? '' : ` | rc=${String(value.rc)}`;
  if (value.rc === undefined && message !== undefined) output.push(message);
  say(`${host} | ${word}${rc} >>${output.length > 0 ? `\n${harmless(output.join('\n'))}` : ''}`);
}

/** `kprov exec PATTERN -- COMMAND…`: one command on many hosts. */
export async function exec(
  pattern: string,
  command: readonly string[],
  flags: ConnectionFlags & { shell: boolean },
): Promise<number> {
  const task = flags.shell ? { shell: { cmd: command.join(' ') } } : { command: { argv: [...command] } };
  // What is typed at the command line is meant as it stands: no templates.
  const raw = JSON.parse(JSON.stringify(task), (_, value) => (typeof value === 'string' ? protect(value) : value));
  const outcome = await runAdHoc({
    pattern,
    tasks: [{ name: command.join(' ').slice(0, 200), ...raw }],
    flags,
    listen: show,
  });
  return exitCodeOf(outcome);
}

const protect = (text: string): string =>
  /\{\{|\{%|\{#/.test(text)
    ? `{% raw %}${text.replaceAll('{% endraw %}', "{% endraw %}{{ '{% endraw %}' }}{% raw %}")}{% endraw %}`
    : text;
