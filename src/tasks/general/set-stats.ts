import { dictionary, flag } from '../parameters.js';
import { defineTask } from '../task.js';

export const setStats = defineTask({
  name: 'set_stats',
  summary: 'Hands values of its own to whoever reads the results of the run.',
  description: 'They are the field `ansible_stats` of the result, which --output json shows; nothing touches the host.',
  parameters: {
    data: dictionary('The values, by name.', { required: true }),
    per_host: flag('Whether they are of this host rather than of the whole run.', { default: false }),
    aggregate: flag('Whether they are added to what there is rather than replace it.', { default: true }),
  },
  returns: { ansible_stats: 'data, per_host and aggregate' },
  example: `- set_stats:
    data: {upgraded: 1}`,
  inCheckMode: 'predicts',
  compile: (args) => ({
    status: 'ok',
    result: { ansible_stats: { data: args.data, per_host: args.per_host, aggregate: args.aggregate } },
  }),
});
