import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isMapping, type Mapping, mapping, unboxed, type Value } from '../values/index.js';
import type { TaskDescription } from './catalogue.js';
import { isSurelyValid } from './surely-valid.js';
import { describe, isTemplate, suggestion } from './words.js';

export interface ArgumentProblem {
  code: string;
  message: string;
  why?: string;
  fix?: string | undefined;
  /** Of the argument, or a part of it; empty for the task as a whole. */
  path: readonly (string | number)[];
  /** Something that is missing, which defaults from elsewhere may still bring. */
  isMissing?: true;
}

export interface ArgumentChecker {
  check(task: TaskDescription, args: Mapping): ArgumentProblem[];
}

const branchesThatDoNotCount = (error: ErrorObject): boolean => {
  const { parentSchema, keyword } = error;
  if (keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'allOf') return true;
  const { pattern, type } = (parentSchema ?? {}) as { pattern?: unknown; type?: unknown };
  return type === 'null' || (typeof pattern === 'string' && pattern.includes('\\{\\{'));
};

const pointerSteps = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

function valueAt(args: Mapping, path: readonly (string | number)[]): Value {
  let value: Value = args;
  for (const step of path) {
    value = (Array.isArray(value) ? value[Number(step)] : isMapping(value) ? value[step] : null) ?? null;
  }
  return value;
}

const booleanWords = [
  ['no', 'off', 'false'],
  ['yes', 'on', 'true'],
] as const;

/** YAML reads a choice spelt `on` or `7` as something else than text; Ansible's modules accept that. */
function isChoiceInDisguise(value: Value, choices: readonly unknown[]): boolean {
  if (typeof value === 'boolean') return booleanWords[value ? 1 : 0].some((word) => choices.includes(word));
  return typeof value === 'number' && choices.map(String).includes(String(value));
}

const articles: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'yes or no',
  array: 'a list',
  object: 'a mapping',
  null: 'nothing',
};

const alternatives = (types: readonly string[]): string => {
  // Numbers and booleans are taken for text where text is.
  const told = types.includes('string') ? types.filter((type) => type !== 'number' && type !== 'boolean') : types;
  return [...new Set(told)].map((type) => articles[type] ?? type).join(' or ');
};

const listed = (choices: readonly unknown[]): string => choices.map((choice) => `\`${choice}\``).join(', ');

/** What brings other tasks refuses in Ansible's words, which scripts look for. */
const isInclude = (task: string): boolean => /^(?:include|import)_(?:tasks|role)$/.test(task);

function unknownParameter(task: TaskDescription, name: string, known: readonly string[]): ArgumentProblem {
  const { refusedParameters = {} } = task;
  if (Object.hasOwn(refusedParameters, name)) {
    const message = `kprov does not support the parameter \`${name}\` of \`${task.name}\``;
    return { code: 'refused-parameter', message, why: refusedParameters[name] ?? '', path: [name] };
  }
  return {
    code: 'unknown-parameter',
    message: isInclude(task.name)
      ? `Invalid options for ${task.name}: ${name.slice(0, 80)}`
      : `unknown parameter \`${name.slice(0, 80)}\` of \`${task.name}\``,
    fix:
      suggestion(name, known) ??
      (known.length === 0 ? `\`${task.name}\` takes no parameters` : `see kprov doc ${task.name}`),
    path: [name],
  };
}

/** `tasks_from` and its like, whose faults are told in Ansible's words, which scripts look for. */
const namesRolePart = ({ name: task }: TaskDescription, name: string): boolean =>
  isInclude(task) && name.endsWith('_from');

/** What is wrong with one argument, told from all that the schema's branches complained about. */
function explainValue(
  task: TaskDescription,
  name: string,
  found: { args: Mapping; errors: ErrorObject[] },
): ArgumentProblem | undefined {
  const deepest = Math.max(...found.errors.map((error) => pointerSteps(error.instancePath).length));
  const errors = found.errors.filter((error) => pointerSteps(error.instancePath).length === deepest);
  const path = pointerSteps(errors[0]?.instancePath ?? '');
  const value = valueAt(found.args, path);
  const of = name === 'free_form' ? `\`${task.name}\`` : `\`${name}\` of \`${task.name}\``;
  const where = path.length > 1 ? `an entry of ${of}` : of;
  const choices = errors.flatMap((error) =>
    error.keyword === 'enum' ? (error.params as { allowedValues: unknown[] }).allowedValues : [],
  );
  if (choices.length > 0) {
    if (isChoiceInDisguise(value, choices)) return undefined;
    const near = typeof value === 'string' ? suggestion(value, choices.map(String)) : undefined;
    return {
      code: 'bad-choice',
      message: `${where} cannot be ${describe(value)}`,
      why: `it may be ${listed(choices)}`,
      fix: near,
      path,
    };
  }
  const types = errors.flatMap((error) =>
    error.keyword === 'type' ? [(error.params as { type: string | string[] }).type].flat() : [],
  );
  if (types.length > 0) {
    return {
      code: 'wrong-type',
      message: namesRolePart(task, name)
        ? `Expected a string for ${name} but got ${describe(value)} instead`
        : `${where} is ${describe(value)}`,
      why: `expected ${alternatives(types)}`,
      path,
    };
  }
  const extra = errors.find((error) => error.keyword === 'additionalProperties');
  if (extra !== undefined) {
    const key = (extra.params as { additionalProperty: string }).additionalProperty;
    const known = Object.keys((extra.parentSchema as { properties?: object })?.properties ?? {});
    return {
      code: 'unknown-parameter',
      message: `unknown key \`${key}\` in \`${name}\` of \`${task.name}\``,
      fix: suggestion(key, known),
      path: [...path, key],
    };
  }
  return { code: 'bad-argument', message: `${where}: ${errors[0]?.message ?? 'not valid'}`, path };
}

function missingParameters(task: TaskDescription, args: Mapping): ArgumentProblem[] {
  return Object.entries(task.parameters)
    .filter(([name, { required, aliases }]) => required && [name, ...aliases].every((n) => !(n in args)))
    .map(([name]) => ({
      code: 'missing-parameter',
      message: name === 'free_form' ? `\`${task.name}\` without a word` : `\`${task.name}\` needs \`${name}\``,
      fix: name === 'free_form' ? `write \`${task.name}: …\`` : `add \`${name}\`; see kprov doc ${task.name}`,
      path: [],
      isMissing: true,
    }));
}

const spellingsOf = new WeakMap<TaskDescription, ReadonlyMap<string, string>>();

/** Every spelling of a task's parameters with the canonical one. */
function spellings(task: TaskDescription): ReadonlyMap<string, string> {
  const known = spellingsOf.get(task);
  if (known !== undefined) return known;
  const entries = Object.entries(task.parameters);
  const all = new Map(
    entries.flatMap(([name, { aliases }]) => [name, ...aliases].map((alias) => [alias, name] as const)),
  );
  spellingsOf.set(task, all);
  return all;
}

/** What the schema cannot say: values that only the task's own conversion refuses, and groups of parameters. */
function checkFurther(task: TaskDescription, args: Mapping, already: ReadonlySet<string>): ArgumentProblem[] {
  const problems: ArgumentProblem[] = [];
  for (const [name, value] of Object.entries(args)) {
    if (already.has(name) || hasTemplate(value)) continue;
    const why = task.checkValue?.(name, value);
    if (why !== undefined) {
      problems.push({
        code: 'bad-argument',
        message: `\`${name}\` of \`${task.name}\` is ${describe(value)}`,
        why,
        path: [name],
      });
    }
  }
  const given = new Set(Object.keys(args).map((name) => spellings(task).get(name) ?? name));
  for (const message of task.checkNames?.(given) ?? []) {
    problems.push({ code: 'bad-parameters', message, path: [], ...(message.includes('needs') && { isMissing: true }) });
  }
  return problems;
}

function hasTemplate(value: Value): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (Array.isArray(value)) return value.some(hasTemplate);
  return isMapping(value) && Object.values(value).some(hasTemplate);
}

/** A schema's `number` knows nothing of boxed floats. */
function withoutBoxes(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutBoxes);
  if (!isMapping(value)) return unboxed(value);
  const plain = mapping();
  for (const [key, item] of Object.entries(value)) plain[key] = withoutBoxes(item);
  return plain;
}

/** Compiles a task's schema when something is wrong with its arguments, and once. */
export function argumentChecker(): ArgumentChecker {
  let ajv: Ajv | undefined;
  const compiled = new Map<string, ValidateFunction>();
  return {
    check(task, args) {
      if (isSurelyValid(task.schema, args))
        return [...missingParameters(task, args), ...checkFurther(task, args, new Set())];
      ajv ??= new Ajv({ allErrors: true, verbose: true, strict: false, validateSchema: false, messages: true });
      const validate = compiled.get(task.name) ?? ajv.compile(task.schema);
      compiled.set(task.name, validate);
      const byName = new Map<string, ErrorObject[]>();
      const problems: ArgumentProblem[] = [];
      const known = [...spellings(task).keys()];
      const isValid = validate(withoutBoxes(args));
      for (const error of isValid ? [] : (validate.errors ?? [])) {
        const [name] = pointerSteps(error.instancePath);
        if (name !== undefined) {
          if (!branchesThatDoNotCount(error)) byName.set(String(name), [...(byName.get(String(name)) ?? []), error]);
        } else if (error.keyword === 'additionalProperties') {
          problems.push(
            unknownParameter(task, (error.params as { additionalProperty: string }).additionalProperty, known),
          );
        }
      }
      for (const [name, errors] of byName) {
        const problem = explainValue(task, name, { args, errors });
        if (problem !== undefined) problems.push(problem);
      }
      const wrong = new Set([...byName.keys(), ...problems.map(({ path }) => String(path[0]))]);
      return [...problems, ...missingParameters(task, args), ...checkFurther(task, args, wrong)];
    },
  };
}
