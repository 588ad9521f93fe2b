import { choice, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const asyncStatus = defineTask({
  name: 'async_status',
  summary: 'Tells how a task that runs in the background is doing.',
  parameters: {
    jid: text('The job: `ansible_job_id` of what the task with `async` registered.', { required: true }),
    mode: choice('Ask, or remove what the job has left.', ['status', 'cleanup'], { default: 'status' }),
  },
  returns: {
    ansible_job_id: 'the job',
    started: '1 when it has begun',
    finished: '1 when it has ended',
    stdout: 'what the job has printed, where it has ended; else the empty text',
    stderr: 'likewise',
    erased: 'what cleanup removed',
  },
  example: `- async_status: {jid: "{{ download.ansible_job_id }}"}
  register: job
  until: job.finished
  retries: 60`,
  inCheckMode: 'predicts',
  compile: byEngine,
});
