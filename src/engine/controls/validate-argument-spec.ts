import { Float, isMapping, type Mapping, parseBoolean, unboxed, type Value } from '../../values/index.js';
import { variablesOf } from '../variables/variables.js';
import type { Control } from './index.js';
import { result } from './result.js';

const kinds: Readonly<Record<string, (value: Value) => boolean>> = {
  str: (value) => typeof value !== 'object' || value instanceof Float,
  path: (value) => typeof value === 'string',
  raw: () => true,
  bool: (value) => parseBoolean(value) !== undefined,
  int: (value) => Number.isInteger(typeof value === 'string' ? Number(value) : unboxed(value)),
  float: (value) => Number.isFinite(typeof value === 'string' ? Number(value) : unboxed(value)),
  list: (value) => Array.isArray(value) || typeof value === 'string',
  dict: isMapping,
};

function problemsOf(spec: Mapping, given: (name: string) => Value | undefined, at: string): string[] {
  const problems: string[] = [];
  for (const [name, rule] of Object.entries(spec)) {
    if (!isMapping(rule)) continue;
    const value = given(name);
    const where = at === '' ? name : `${at} -> ${name}`;
    if (value === undefined || value === null) {
      if (parseBoolean(rule.required) && rule.default === undefined)
        problems.push(`missing required arguments: ${where}`);
      continue;
    }
    const kind = String(rule.type ?? 'str');
    if (kinds[kind] && !kinds[kind](value)) {
      problems.push(
        `argument '${where}' is of type ${Array.isArray(value) ? 'list' : typeof value} and we were unable to convert to ${kind}`,
      );
    }
    if (Array.isArray(rule.choices)) {
      const values = Array.isArray(value) ? value : [value];
      const wrong = values.find((v) => !(rule.choices as Value[]).includes(v));
      if (wrong !== undefined) {
        problems.push(`value of ${where} must be one of: ${rule.choices.join(', ')}, got: ${String(wrong)}`);
      }
    }
    if (isMapping(rule.options)) {
      for (const part of Array.isArray(value) ? value : [value]) {
        if (isMapping(part)) problems.push(...problemsOf(rule.options, (key) => part[key], where));
      }
    }
  }
  return problems;
}

/** Checks a role's arguments against its argument specification. */
export const validateArgumentSpec: Control = async ({ host, task, written, local }) => {
  const { templar } = host.play.run.scope;
  const variables = variablesOf(host.scope(task, local));
  const provided = isMapping(written.provided_arguments) ? written.provided_arguments : undefined;
  const spec = isMapping(written.argument_spec) ? written.argument_spec : {};
  const read = (name: string): Value | undefined => {
    if (provided && name in provided) return provided[name];
    return variables.get(name) ? templar.evaluate(name, variables) : undefined;
  };
  const problems = await host.evaluate(() => problemsOf(spec, read, ''));
  if (problems.length === 0) return result('ok', { msg: 'The arg spec validation passed' });
  return result('failed', {
    msg: `Validation of arguments failed:\n${problems.join('\n')}`,
    argument_errors: problems,
  });
};
