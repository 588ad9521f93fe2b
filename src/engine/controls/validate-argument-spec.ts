import { resolve } from 'node:path';
import { argumentSpecProblems } from '../../playbook/index.js';
import { isMapping, type Mapping, mapping } from '../../values/index.js';
import { variablesOf } from '../variables/variables.js';
import type { Control } from './index.js';
import { result } from './result.js';

/** Checks a role's arguments against its argument specification. */
export const validateArgumentSpec: Control = async ({ host, task, written, local }) => {
  const { templar } = host.play.run.scope;
  const variables = variablesOf(host.scope(task, local));
  const provided = isMapping(written.provided_arguments) ? written.provided_arguments : mapping();
  const spec = isMapping(written.argument_spec) ? written.argument_spec : mapping();
  const context = isMapping(written.validate_args_context) ? written.validate_args_context : mapping();
  const given = (): Mapping => {
    const values = mapping();
    for (const name of Object.keys(spec)) {
      if (variables.get(name)) values[name] = templar.evaluate(name, variables);
    }
    return mapping({ ...values, ...provided });
  };
  const problems = await host.evaluate(() => argumentSpecProblems(spec, given()));
  const path = typeof context.path === 'string' && resolve(host.play.run.options.workingDirectory, context.path);
  const about = { validate_args_context: mapping({ ...context, ...(path !== false && { path }) }) };
  if (problems.length === 0) return result('ok', { msg: 'The arg spec validation passed', ...about });
  return result('failed', {
    msg: `Validation of arguments failed:\n${problems.join('\n')}`,
    argument_errors: problems,
    argument_spec_data: spec,
    ...about,
  });
};
