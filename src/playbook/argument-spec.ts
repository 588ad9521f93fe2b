import { Float, isMapping, type Mapping, parseBoolean, unboxed, type Value } from '../values/index.js';
import { describe } from './words.js';

const isNumber = (given: Value, pattern: RegExp): boolean => {
  const value = unboxed(given);
  return typeof value === 'number'
    ? pattern.test(String(value))
    : typeof value === 'string' && pattern.test(value.trim());
};

const isScalar = (value: Value): boolean => value === null || typeof value !== 'object' || value instanceof Float;

/** Would Ansible convert the value to the type? */
const fits: Readonly<Record<string, (value: Value) => boolean>> = {
  str: isScalar,
  path: isScalar,
  raw: () => true,
  bool: (value) => parseBoolean(value) !== undefined,
  int: (value) => isNumber(value, /^[-+]?\d+$/),
  float: (value) => isNumber(value, /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i),
  list: (value) => Array.isArray(value) || isScalar(value),
  dict: (value) => isMapping(value) || (typeof value === 'string' && /^\s*\{|=/.test(value)),
  json: () => true,
  jsonarg: () => true,
  bytes: (value) => isNumber(value, /^\d+(?:\.\d+)?\s*[KMGTPEZY]?B?$/i),
  bits: (value) => isNumber(value, /^\d+(?:\.\d+)?\s*[KMGTPEZY]?b?$/i),
};

const itemsOf = (value: Value): Value[] =>
  Array.isArray(value) ? value : typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [value];

function checkChoices(choices: Value[], value: Value, where: string): string[] {
  const wrong = itemsOf(Array.isArray(value) ? value : [value]).filter(
    (item) => !choices.some((choice) => String(choice) === String(item)),
  );
  return wrong.length === 0
    ? []
    : [`value of ${where} must be one of: ${choices.join(', ')}, got: ${wrong.map(String).join(', ')}`];
}

function checkOption(option: Mapping, value: Value, where: string): string[] {
  const { type = 'str', elements, choices, options } = option;
  const test = Object.hasOwn(fits, String(type)) ? fits[String(type)] : undefined;
  if (test === undefined) return [`the specification of ${where} has the unknown type ${String(type)}`];
  if (!test(value)) return [`${where} is ${describe(value)}, expected ${String(type)}`];
  const problems = Array.isArray(choices) ? checkChoices(choices, value, where) : [];
  if (type === 'list' && typeof elements === 'string' && elements !== 'dict') {
    const wrong = itemsOf(value).filter((item) => Object.hasOwn(fits, elements) && fits[elements]?.(item) === false);
    problems.push(...wrong.map((item) => `an element of ${where} is ${describe(item)}, expected ${elements}`));
  }
  if (isMapping(options ?? null)) {
    const inner = type === 'list' ? itemsOf(value) : [value];
    for (const item of inner) {
      if (isMapping(item)) problems.push(...argumentSpecProblems(options as Mapping, item, { where, isStrict: true }));
      else problems.push(`an element of ${where} is ${describe(item)}, expected dict`);
    }
  }
  return problems;
}

/**
 * What is wrong with a role's variables according to the `options` of its argument specification, as Ansible checks it:
 * required ones, types, choices, elements and sub-options. Variables that it does not name are fine at the top.
 */
export function argumentSpecProblems(
  options: Mapping,
  values: Mapping,
  at: { where: string; isStrict: boolean } = { where: '', isStrict: false },
): string[] {
  const problems: string[] = [];
  const path = (name: string): string => (at.where === '' ? name : `${at.where}.${name}`);
  const known = new Set<string>();
  for (const [name, option] of Object.entries(options)) {
    if (!isMapping(option)) continue;
    const names = [name, ...(Array.isArray(option.aliases) ? option.aliases.map(String) : [])];
    for (const spelling of names) known.add(spelling);
    const given = names.find((spelling) => values[spelling] !== undefined && values[spelling] !== null);
    if (given === undefined) {
      if (parseBoolean(option.required ?? false) === true) problems.push(`missing required argument: ${path(name)}`);
    } else problems.push(...checkOption(option, values[given] ?? null, path(given)));
  }
  if (at.isStrict) {
    for (const name of Object.keys(values)) if (!known.has(name)) problems.push(`unsupported argument: ${path(name)}`);
  }
  return problems;
}
