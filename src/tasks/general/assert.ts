import { KprovError } from '../../errors/index.js';
import type { Value } from '../../values/index.js';
import { anything, flag } from '../parameters.js';
import { defineTask } from '../task.js';

/** A message that is one text or several lines. */
const message = (value: Value | undefined, fallback: string): Value => {
  if (value === undefined || value === '') return fallback;
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value;
  throw new KprovError('bad-argument', 'assert: a message is a string or a list of strings');
};

export const assert = defineTask({
  name: 'assert',
  summary: 'Fails unless conditions hold.',
  parameters: {
    that: anything('A condition, or a list of them, in the syntax of when.', { required: true }),
    fail_msg: anything('Message of a failure. Default: Assertion failed.', { aliases: ['msg'] }),
    success_msg: anything('Message of success. Default: All assertions passed.'),
    quiet: flag('Whether only the message is returned on success.', { default: false }),
  },
  returns: {
    msg: 'the message',
    assertion: 'the condition that does not hold',
    evaluated_to: 'false, with it',
  },
  example: `- assert:
    that:
      - groups.control_plane | length in [1, 3, 5]
      - pod_subnet is defined
    fail_msg: an odd number of control planes, please`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    const failed = message(args.fail_msg, 'Assertion failed');
    const passed = message(args.success_msg, 'All assertions passed');
    for (const assertion of Array.isArray(args.that) ? args.that : [args.that]) {
      if (context.test(assertion)) continue;
      return { status: 'failed', result: { msg: failed, assertion, evaluated_to: false } };
    }
    return { status: 'ok', result: { msg: passed } };
  },
});
