import type { Mapping } from '../../values/index.js';
import { anything, integer } from '../parameters.js';
import { defineTask, type TaskContext } from '../task.js';

/** A value by expression. What cannot be evaluated because a name is not known is said so, as Ansible does. */
function show(expression: string, context: TaskContext): Mapping {
  try {
    return { [expression]: context.evaluate(expression) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'undefined-variable') {
      return { [expression]: 'VARIABLE IS NOT DEFINED!' };
    }
    throw error;
  }
}

export const debug = defineTask({
  name: 'debug',
  summary: 'Prints a message or a variable.',
  parameters: {
    msg: anything('The message. Default: Hello world!'),
    var: anything('An expression whose value is printed.'),
    verbosity: integer('Printed only with so many -v.', { default: 0 }),
  },
  atMostOne: [['msg', 'var']],
  returns: { msg: 'the message', '<expression>': 'the value, with var' },
  example: `- debug: {var: kubeadm_join}

- debug: {msg: "{{ inventory_hostname }} is {{ ansible_host }}"}`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    const verbosity = Number(context.variable('ansible_verbosity') ?? 0);
    if (verbosity < args.verbosity) {
      return { status: 'skipped', result: { skipped_reason: 'Verbosity threshold not met.' } };
    }
    if (args.var === undefined) return { status: 'ok', result: { msg: args.msg ?? 'Hello world!' } };
    return {
      status: 'ok',
      // A template in var has been rendered already: what is left is the value itself.
      result: typeof args.var === 'string' ? show(args.var, context) : { var: args.var },
    };
  },
});
