import { KprovError } from '../../errors/index.js';
import { isVariableName } from '../../shell/index.js';
import { type Mapping, mapping, parseBoolean, type Value } from '../../values/index.js';
import { flag } from '../parameters.js';
import { defineTask } from '../task.js';

/** As Ansible without native types: a text that says yes or no is one. */
const isYesOrNo = (value: unknown): value is string =>
  typeof value === 'string' && /^(true|false|yes|no)$/i.test(value);

export const setFact = defineTask({
  name: 'set_fact',
  summary: 'Sets variables of the host for the rest of the run.',
  parameters: {
    cacheable: flag('Whether they become facts as well, of lower precedence.', { default: false }),
  },
  otherParameters: 'Each further argument becomes a variable of the host.',
  returns: { ansible_facts: 'the variables' },
  example: `- set_fact:
    control_plane_endpoint: "{{ groups.control_plane | first }}:6443"`,
  inCheckMode: 'predicts',
  compile: (args, { native }) => {
    const facts: Mapping = mapping();
    for (const [name, value] of Object.entries(args)) {
      if (name === 'cacheable') continue;
      if (!isVariableName(name)) {
        throw new KprovError('bad-variable-name', `set_fact: ${name} is not the name of a variable`);
      }
      facts[name] = native !== true && isYesOrNo(value) ? (parseBoolean(value) ?? value) : (value as Value);
    }
    if (Object.keys(facts).length === 0) {
      throw new KprovError('bad-argument', 'set_fact: No key/value pairs provided, at least one is required');
    }
    return { status: 'ok', result: { ansible_facts: facts } };
  },
});
