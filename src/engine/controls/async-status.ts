import { mapping } from '../../values/index.js';
import { statusOfJob } from '../conversation/background.js';
import { forgetJob, jobAddress } from '../conversation/jobs.js';
import type { Control } from './index.js';
import { result } from './result.js';

const mode = { check: false, diff: false, mayFail: true };

/** How a task that runs in the background is doing. Asked as the user whose job it is: `become` as the task had it. */
export const asyncStatus: Control = async ({ host, args, work, conversation }) => {
  await host.drain();
  const address = jobAddress(work.jobsFolder, String(args.jid));
  const send = (body: Parameters<typeof conversation.send>[0]['body']) =>
    conversation.send({ body, mode, become: work.become, repeatable: true, independent: true });
  if (args.mode !== 'cleanup') {
    const state = await statusOfJob(host.play.run, work.delegateTo ?? host.host, address, send, 0);
    const nothing = { stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] };
    return { ...state, value: mapping({ ...nothing, ...state.value }) };
  }
  if (work.check) return result('ok', mapping({ ansible_job_id: address.id }));
  const report = await send(forgetJob(address));
  const erased = report.fields.get('results_file')?.toString() ?? '';
  return result('ok', mapping({ ansible_job_id: address.id, erased }));
};
