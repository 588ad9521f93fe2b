import { dictionary } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const validateArgumentSpec = defineTask({
  name: 'validate_argument_spec',
  summary: 'Checks variables against an argument specification, as roles with meta/argument_specs.yml do.',
  parameters: {
    argument_spec: dictionary('The options by name, as in meta/argument_specs.yml.', { required: true }),
    provided_arguments: dictionary('The values to check; what is not among them is taken from the variables.'),
    validate_args_context: dictionary('What is checked; for messages.'),
  },
  returns: {
    argument_errors: 'what is wrong, where something is',
    argument_spec_data: 'the specification, where something is wrong',
    validate_args_context: 'what was checked',
  },
  example: `- validate_argument_spec:
    argument_spec:
      port: {type: int, required: true}`,
  inCheckMode: 'predicts',
  compile: byEngine,
});
