import { text } from '../parameters.js';
import { defineTask } from '../task.js';

export const fail = defineTask({
  name: 'fail',
  summary: 'Fails with a message.',
  parameters: { msg: text('The message.', { default: 'Failed as requested from task' }) },
  returns: { msg: 'the message' },
  example: `- fail: {msg: a control plane needs two CPUs}
  when: ansible_processor_vcpus < 2`,
  inCheckMode: 'predicts',
  compile: (args) => ({ status: 'failed', result: { msg: args.msg } }),
});
