import { choice } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

const actions = [
  'flush_handlers',
  'noop',
  'clear_facts',
  'clear_host_errors',
  'end_host',
  'end_play',
  'end_batch',
  'end_role',
  'reset_connection',
  'refresh_inventory',
] as const;

export const meta = defineTask({
  name: 'meta',
  summary: 'Steers the run itself: runs the notified handlers now, ends a play, and the like.',
  parameters: { free_form: choice('What is to be done.', actions, { required: true }) },
  freeForm: 'free_form',
  returns: {},
  example: `- meta: flush_handlers

- meta: end_host
  when: ansible_distribution != 'Debian'`,
  inCheckMode: 'predicts',
  compile: byEngine,
});
