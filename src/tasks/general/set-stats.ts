import { KprovError } from '../../errors/index.js';
import { isVariableName } from '../../shell/index.js';
import { dictionary, flag } from '../parameters.js';
import { defineTask } from '../task.js';

export const setStats = defineTask({
  name: 'set_stats',
  summary: 'Hands values of its own to whoever reads the results of the run.',
  description:
    'Shown after the recap with the setting show_custom_stats, and as customStats at the end of --output json, but not under no_log. Numbers are summed, texts and lists put one behind another, mappings merged; what is of another type than before is left out.',
  parameters: {
    data: dictionary('The values, by name.', { required: true }),
    per_host: flag('Whether they are of this host rather than of the whole run.', { default: false }),
    aggregate: flag('Whether they are added to what there is rather than replace it.', { default: true }),
  },
  returns: { ansible_stats: 'data, per_host and aggregate' },
  example: `- set_stats:
    data: {upgraded: 1}`,
  inCheckMode: 'predicts',
  compile: ({ data, per_host, aggregate }) => {
    const wrong = Object.keys(data).find((name) => !isVariableName(name));
    if (wrong !== undefined)
      throw new KprovError('bad-variable-name', `set_stats: ${wrong} is not the name of a variable`);
    return { status: 'ok', result: { ansible_stats: { data, per_host, aggregate } } };
  },
});
