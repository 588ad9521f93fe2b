import type { RunEvent } from '../../engine/index.js';
import { cureOf } from '../../report/hints.js';
import { harmless } from '../../report/text.js';
import { isMapping, type Mapping } from '../../values/index.js';
import { exitCodeOf } from '../exit-codes.js';
import type { ConnectionFlags } from '../options.js';
import { runAdHoc } from '../run-ad-hoc.js';
import { say, sayError } from '../terminal.js';

function describe(facts: Mapping): string {
  const text = (name: string): string => String(facts[`ansible_${name}`] ?? '?');
  const address = isMapping(facts.ansible_default_ipv4) ? String(facts.ansible_default_ipv4.address ?? '?') : '?';
  return [
    `${text('distribution')} ${text('distribution_version')} (${text('architecture')}, kernel ${text('kernel')})`,
    `user ${text('user_id')}`,
    `${text('processor_vcpus')} CPUs`,
    `${text('memtotal_mb')} MB`,
    `address ${address}`,
    `hostname ${text('nodename')}`,
  ].join(', ');
}

function show(event: RunEvent): void {
  if (event.type === 'notice') sayError(harmless(event.message));
  if (event.type !== 'task-finished') return;
  const { status, message, value } = event.result;
  const hint = cureOf(event.result);
  const host = harmless(event.host);
  if (status === 'unreachable' || status === 'failed') {
    const word = status === 'failed' ? 'FAILED!' : 'UNREACHABLE!';
    say(`${host} | ${word} => ${harmless(message ?? '')}${hint === undefined ? '' : `\n    cure: ${harmless(hint)}`}`);
    return;
  }
  const facts = isMapping(value.ansible_facts) ? value.ansible_facts : {};
  say(`${host} | SUCCESS => ${harmless(describe(facts))}`);
}

/** `kprov ping`: reach every host, log in, become root, tell what it is. */
export async function ping(pattern: string, flags: ConnectionFlags): Promise<number> {
  const outcome = await runAdHoc({
    pattern,
    tasks: [{ name: 'ping', become: true, setup: { gather_subset: ['!all', 'min', 'hardware', 'network'] } }],
    flags,
    listen: show,
  });
  return exitCodeOf(outcome);
}
