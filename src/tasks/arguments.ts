import { type Diagnostic, nearest } from '../errors/index.js';
import { Float, type Mapping, type Value } from '../values/index.js';
import type { Task } from './task.js';

/** Values that hold a template are checked once they are rendered. */
const template = { type: 'string', pattern: '\\{\\{|\\{%|\\{#' };

const namesOf = new WeakMap<Task, ReadonlyMap<string, string>>();

/** The canonical name of each name and alias. */
export function parameterNames(task: Task): ReadonlyMap<string, string> {
  const known = namesOf.get(task);
  if (known) return known;
  const names = new Map<string, string>();
  for (const [name, parameter] of Object.entries(task.parameters)) {
    for (const spelling of [name, ...parameter.aliases]) names.set(spelling, name);
  }
  namesOf.set(task, names);
  return names;
}

/** JSON Schema (draft 7) of a task's arguments as they may be written in a playbook. */
export function argumentSchema(task: Task): object {
  const properties: Record<string, object> = {};
  for (const parameter of Object.entries(task.parameters)) {
    const [name, { schema, description, aliases }] = parameter;
    const nullable = { anyOf: [schema, template, { type: 'null' }], description };
    for (const spelling of [name, ...aliases]) properties[spelling] = nullable;
  }
  const required = Object.entries(task.parameters).filter(([, p]) => p.required);
  return {
    type: 'object',
    title: task.summary,
    properties,
    additionalProperties: task.otherParameters !== undefined,
    allOf: required.map(([name, p]) => ({ anyOf: [name, ...p.aliases].map((n) => ({ required: [n] })) })),
  };
}

export type ParsedArguments =
  | { ok: true; args: Readonly<Record<string, unknown>>; secrets: readonly string[] }
  | { ok: false; diagnostics: readonly (Diagnostic & { parameter?: string })[] };

const given = (args: Record<string, unknown>, names: readonly string[]) => names.filter((n) => args[n] !== undefined);

/** In the words of Ansible's modules, which playbooks look for. */
function groupProblems(task: Task, args: Record<string, unknown>): string[] {
  if (task.judgesGroups) return [];
  const problems: string[] = [];
  for (const names of task.exactlyOne ?? []) {
    const count = given(args, names).length;
    if (count === 0) problems.push(`one of the following is required: ${names.join(', ')}`);
    if (count > 1) problems.push(`parameters are mutually exclusive: ${names.join('|')}`);
  }
  for (const names of task.atLeastOne ?? []) {
    if (given(args, names).length === 0) problems.push(`one of the following is required: ${names.join(', ')}`);
  }
  for (const names of task.atMostOne ?? []) {
    if (given(args, names).length > 1) problems.push(`parameters are mutually exclusive: ${names.join('|')}`);
  }
  return problems;
}

/** Every text and number in a value: what a secret one must not show. */
function textsIn(value: Value): string[] {
  if (value === null || typeof value === 'boolean') return [];
  return typeof value === 'object' && !(value instanceof Float)
    ? Object.values(value).flatMap(textsIn)
    : [String(value)];
}

/** Tasks that have no module in Ansible refuse what they do not know in words of their own. */
const withoutModule = new Set(['assert', 'debug', 'fail', 'group_by', 'reboot', 'set_stats', 'wait_for_connection']);

const unsupported = (task: string, parameter: string): string =>
  withoutModule.has(task)
    ? `Invalid options for ${task}: ${parameter}`
    : `Unsupported parameters for (${task}) module: ${parameter}`;

/** Why a parameter of Ansible's module is refused; undefined for one that nobody knows. */
const refusalOfParameter = ({ refusedParameters = {} }: Task, name: string): string | undefined =>
  Object.hasOwn(refusedParameters, name) ? refusedParameters[name] : undefined;

/** Rendered arguments → what the task's functions get, or everything that is wrong with them. */
export function parseArguments(task: Task, written: Mapping): ParsedArguments {
  const names = parameterNames(task);
  const diagnostics: (Diagnostic & { parameter?: string })[] = [];
  const args: Record<string, unknown> = Object.create(null);
  const secrets: string[] = [];
  const wrong = (parameter: string, message: string, fix?: string) =>
    diagnostics.push({
      severity: 'error',
      code: 'bad-argument',
      message,
      parameter,
      ...(fix !== undefined && { fix }),
    });

  for (const [spelling, value] of Object.entries(written)) {
    const name = names.get(spelling);
    if (name === undefined && task.otherParameters !== undefined) {
      args[spelling] = value;
      continue;
    }
    if (name === undefined) {
      const why = refusalOfParameter(task, spelling);
      const near = nearest(spelling, names.keys());
      wrong(spelling, unsupported(task.name, spelling), why ?? (near && `did you mean ${near}?`));
      continue;
    }
    if (value === null && !task.parameters[name]?.takesNull) continue;
    try {
      args[name] = task.parameters[name]?.parse(value as Value);
      if (task.parameters[name]?.secret) secrets.push(...textsIn(value));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      wrong(spelling, `${task.name}: ${spelling}: ${error.message}`);
    }
  }
  for (const [name, parameter] of Object.entries(task.parameters)) {
    if (args[name] !== undefined || diagnostics.some((d) => names.get(d.parameter ?? '') === name)) continue;
    if (parameter.default !== undefined) args[name] = parameter.default;
    else if (parameter.required) {
      const asText = name === task.freeForm;
      const told =
        parameter.missing ??
        (asText ? `one of the following is required: _raw_params, ${name}` : `missing required arguments: ${name}`);
      wrong(name, told, parameter.description);
    }
  }
  const groups = groupProblems(task, args);
  for (const message of groups) wrong('', message);
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, args, secrets };
}
