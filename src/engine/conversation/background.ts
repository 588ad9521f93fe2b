import { randomBytes } from 'node:crypto';
import { KprovError } from '../../errors/index.js';
import type { Program } from '../../tasks/index.js';
import { type Mapping, mapping } from '../../values/index.js';
import type { Attempt } from '../attempts/attempt.js';
import type { RunContext } from '../context.js';
import { interpret, type RawResult } from '../results/task-result.js';
import { forgetJob, type JobAddress, lookAtJob, newJobId, readJob, startJob } from './jobs.js';
import type { StepReport } from './shell-session.js';

/** What a job was begun with: needed to read what it reports. */
interface Job {
  nonce: string;
  work: Attempt;
  seconds: number;
  /** Of a dry run, which begins no jobs. */
  foretold?: RawResult;
}

const jobsOf = new WeakMap<RunContext, Map<string, Job>>();

function remember(run: RunContext, host: string, id: string, job: Job): void {
  const jobs = jobsOf.get(run) ?? new Map<string, Job>();
  jobsOf.set(run, jobs.set(`${host} ${id}`, job));
}

/** A dry run judges at once what would be a job; what asks for the job is told the same. */
export function foretell(run: RunContext, host: string, work: Attempt, result: RawResult): RawResult {
  const id = newJobId();
  const value = mapping({ ...result.value, ansible_job_id: id, started: 1, finished: 1 });
  const foretold = { ...result, value };
  remember(run, host, id, { nonce: '', work, seconds: work.asyncSeconds, foretold });
  return foretold;
}

/** Sends a step to the host that has the job, as the user whose job it is. */
export type SendScript = (script: Program['script']) => Promise<StepReport>;

const raw = (status: RawResult['status'], value: Mapping): RawResult => ({
  status,
  value,
  diff: [],
  incomplete: false,
  save: [],
});

const text = (report: StepReport, field: string): string => report.fields.get(field)?.toString() ?? '';

export interface Background {
  run: RunContext;
  host: string;
  /** `async`. */
  seconds: number;
  /** `poll`; 0: begin it and go on. */
  pollSeconds: number;
  send: SendScript;
  /** Says how it is going, while it is waited for. */
  tell(message: string): void;
}

/** Only what is one step on the host, and brings no file, can go on without kprov. */
export const noAsync = (task: string): KprovError =>
  new KprovError('no-async', `This action (${task}) does not support async.`);

/** A task with `async`: begun as a job of its own; with `poll` above 0 its end is waited for, whatever the connection does. */
export async function runInBackground(work: Attempt, program: Program, about: Background): Promise<RawResult> {
  const { run, host, seconds, pollSeconds, send, tell } = about;
  if (program.next !== undefined || program.uploads !== undefined) {
    throw noAsync(work.definition.name);
  }
  const id = newJobId();
  const address: JobAddress = { folder: work.jobsFolder, id };
  const nonce = randomBytes(8).toString('hex');
  const { check, diff, environment } = work;
  const step = { nonce, epoch: 0, body: program.script, check, diff, environment, mayFail: true };
  const begun = await send(startJob(address, step, seconds));
  if (begun.status === 'failed') return interpret(begun, work, run.redactor);
  remember(run, host, id, { nonce, work, seconds });
  const known = { ansible_job_id: id, results_file: text(begun, 'results_file') };
  if (pollSeconds === 0) return raw('changed', mapping({ started: 1, finished: 0, ...known }));
  const deadline = Date.now() + (seconds + 10) * 1000;
  for (;;) {
    const state = await statusOfJob(run, host, address, send, pollSeconds);
    if (state.value.finished === 1) {
      tell(`ASYNC ${state.status === 'failed' ? 'FAILED' : 'OK'} on ${host}: jid=${id}`);
      await send(forgetJob(address));
      return state;
    }
    tell(`ASYNC POLL on ${host}: jid=${id} started=1 finished=0`);
    if (Date.now() > deadline) return late(id, seconds);
  }
}

const late = (id: string, seconds: number): RawResult =>
  raw(
    'failed',
    mapping({
      msg: `async task did not complete within the requested time - ${seconds}s`,
      async_result: mapping({ ansible_job_id: id, started: 1, finished: 0 }),
    }),
  );

/** How a job is doing; its result where it is through. `waitSeconds`: how long to wait for that. */
export async function statusOfJob(
  run: RunContext,
  host: string,
  address: JobAddress,
  send: SendScript,
  waitSeconds: number,
): Promise<RawResult> {
  const { id } = address;
  const job = jobsOf.get(run)?.get(`${host} ${id}`);
  if (job?.foretold) return job.foretold;
  const report = await send(lookAtJob(address, waitSeconds));
  const state = text(report, 'state');
  const known = { ansible_job_id: id, results_file: text(report, 'results_file'), started: 1 };
  switch (state) {
    case 'running':
      return raw('ok', mapping({ ...known, finished: 0 }));
    case 'none':
      return raw('failed', mapping({ ...known, finished: 1, msg: 'could not find job' }));
    case 'late':
      return job ? late(id, job.seconds) : raw('failed', mapping({ ...known, finished: 1, msg: 'its time was up' }));
    case 'done':
      break;
    default:
      return raw('failed', mapping({ ...known, finished: 1, msg: 'the job ended without a result' }));
  }
  const out = report.fields.get('out') ?? Buffer.alloc(0);
  const nonce = job?.nonce ?? /^@([\da-f]{16}) end /m.exec(out.toString('latin1'))?.[1] ?? '';
  const step = readJob(nonce, out, report.fields.get('err') ?? Buffer.alloc(0));
  if (!step) return raw('failed', mapping({ ...known, finished: 1, msg: 'the job ended without a result' }));
  const result = job ? interpret(step, job.work, run.redactor) : ofAnotherRun(step);
  return { ...result, value: mapping({ ...result.value, ...known, finished: 1 }) };
}

/** A job that an earlier run began: its fields are known, but not what its task would make of them. */
function ofAnotherRun({ status, fields }: StepReport): RawResult {
  const value = mapping();
  for (const name of ['stdout', 'stderr', 'msg', 'cmd', 'output']) {
    const field = fields.get(name);
    if (field) value[name] = field.toString().replace(/\n+$/, '');
  }
  const rc = fields.get('rc');
  if (rc) value.rc = Number(rc.toString());
  return raw(status === 'discarded' ? 'failed' : status, value);
}
