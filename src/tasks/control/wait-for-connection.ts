import { integer } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const waitForConnection = defineTask({
  name: 'wait_for_connection',
  summary: 'Waits until a host can be reached and logged in to.',
  parameters: {
    connect_timeout: integer('Longest time for one attempt, in seconds.', { default: 5 }),
    delay: integer('Seconds to wait before the first attempt.', { default: 0 }),
    sleep: integer('Seconds between two attempts.', { default: 1 }),
    timeout: integer('Seconds after which the task fails.', { default: 600 }),
  },
  returns: { elapsed: 'seconds that it took' },
  example: `- wait_for_connection:
    timeout: 120`,
  inCheckMode: 'skips',
  compile: byEngine,
});
