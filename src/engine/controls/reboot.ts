import { setTimeout as sleep } from 'node:timers/promises';
import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import type { BecomeRequest } from '../conversation/become.js';
import type { HostRun } from '../scheduler/host-run.js';
import type { Control } from './index.js';
import { result } from './result.js';
import { untilReachable, within } from './wait-for-connection.js';

async function bootId(host: HostRun, command: string): Promise<string> {
  const report = await host.conversation.send({
    body: sh`kp_set boot "$(sh -c ${command})"`,
    mode: { check: false, diff: false, mayFail: true },
    become: { kind: 'login' },
    repeatable: true,
    independent: true,
  });
  return report.fields.get('boot')?.toString() ?? '';
}

/** Only root may restart it, whom the play would become. */
function rootOf({ play }: HostRun): BecomeRequest {
  const password = play.run.options.connection.becomePassword;
  return { kind: 'user', user: 'root', ...(password !== undefined && { password }) };
}

/** Restarts the host and waits until it is back. */
export const reboot: Control = async ({ host, args, what }) => {
  const began = Date.now();
  await host.drain();
  const { run } = host.play;
  const command = String(args.boot_time_command);
  const before = await bootId(host, command);
  const minutes = Math.floor(Number(args.pre_reboot_delay) / 60);
  const when = minutes === 0 ? 'now' : `+${minutes}`;
  const order =
    args.reboot_command === undefined
      ? sh`shutdown -r ${when} ${String(args.msg)}`
      : sh`sh -c ${String(args.reboot_command)}`;
  const attemptMs = args.connect_timeout === undefined ? undefined : Number(args.connect_timeout) * 1000;
  const path = (args.search_paths as readonly string[]).join(':');
  run.emit({ type: 'notice', level: 'info', host: host.host, message: `${what}: rebooting` });
  // The answer may never come: the host goes down under it.
  const answer = await host.conversation
    .send({
      body: sh`(PATH=${path}:$PATH; export PATH; ${order}) >/dev/null 2>&1; kp_set rc "$?"`,
      mode: { check: false, diff: false, mayFail: true },
      become: rootOf(host),
      repeatable: false,
      independent: true,
    })
    .catch(() => undefined);
  const code = Number(answer?.fields.get('rc')?.toString() ?? 0);
  // From 128 on a signal ended it: the host is on its way down.
  if (code > 0 && code < 128) {
    throw new KprovError('reboot-failed', `${what}: the command that reboots failed with exit code ${code}`);
  }
  let reason = 'it has not gone down';
  const deadline = Date.now() + Number(args.reboot_timeout) * 1000;
  for (;;) {
    await sleep(1000, undefined, { signal: run.signal });
    await host.conversation.disconnect();
    const left = deadline - Date.now();
    if (left <= 0) {
      throw new KprovError(
        'reboot-timeout',
        `${what}: the host did not come back within ${Number(args.reboot_timeout)} seconds: ${reason}`,
        { fix: 'Look at its console. Where it only needs longer, raise reboot_timeout.' },
      );
    }
    try {
      if ((await within(attemptMs, bootId(host, command))) !== before) break;
      reason = 'it has not gone down';
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      reason = error.message;
    }
  }
  await sleep(Number(args.post_reboot_delay) * 1000, undefined, { signal: run.signal });
  await untilReachable(host, {
    timeoutMs: deadline - Date.now(),
    sleepMs: 1000,
    what,
    test: String(args.test_command),
    attemptMs,
  });
  return result('changed', { rebooted: true, elapsed: Math.round((Date.now() - began) / 1000) });
};
