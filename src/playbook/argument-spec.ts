import { isMapping, type Mapping, mapping, parseBoolean, type Value } from '../values/index.js';
import { className, conversions, NotConvertible } from './argument-types.js';

/** Where in nested options: the options around, outermost first. */
type Around = readonly string[];

interface Findings {
  errors: string[];
  /** Full names of what no specification names, with the names that there are in its place. */
  unsupported: Map<string, readonly string[]>;
}

const foundIn = (around: Around): string => (around.length === 0 ? '' : ` found in ${around.join(' -> ')}`);
const foundInQuoted = (around: Around): string => (around.length === 0 ? '' : ` found in '${around.join(' -> ')}'.`);

const optionsOf = (spec: Mapping): [string, Mapping][] =>
  Object.entries(spec).map(([name, option]) => [name, isMapping(option) ? option : mapping()]);

const aliasesOf = (option: Mapping): string[] => (Array.isArray(option.aliases) ? option.aliases.map(String) : []);

const isRequired = (option: Mapping): boolean => parseBoolean(option.required ?? false) === true;

/** The arguments under their canonical names, with defaults; required ones that are absent are told together. */
function completed(spec: Mapping, given: Mapping, around: Around, { errors, unsupported }: Findings): Mapping {
  const args = mapping(given);
  const options = optionsOf(spec);
  for (const [name, option] of options) {
    const alias = aliasesOf(option).find((spelling) => Object.hasOwn(args, spelling));
    if (alias !== undefined) args[name] ??= args[alias] as Value;
    if (!Object.hasOwn(args, name) && option.default !== undefined && option.default !== null)
      args[name] = option.default;
  }
  const known = new Set(options.flatMap(([name, option]) => [name, ...aliasesOf(option)]));
  const supported = options.map(([name]) => name).sort();
  for (const name of Object.keys(given)) if (!known.has(name)) unsupported.set([...around, name].join('.'), supported);
  const missing = options.filter(([name, option]) => isRequired(option) && !Object.hasOwn(args, name));
  const names = missing.map(([name]) => name).sort();
  if (names.length > 0) errors.push(`missing required arguments: ${names.join(', ')}${foundIn(around)}`);
  return args;
}

/** Converts the arguments to their types, in place. */
function convert(spec: Mapping, args: Mapping, around: Around, { errors }: Findings): void {
  for (const [name, option] of optionsOf(spec)) {
    const value = args[name];
    if (value === undefined || (value === null && !isRequired(option) && (option.default ?? null) === null)) continue;
    const type = String(option.type ?? 'str');
    const conversion = Object.hasOwn(conversions, type) ? conversions[type] : undefined;
    if (conversion === undefined) {
      errors.push(`the specification of ${[...around, name].join('.')} has the unknown type ${type}`);
      continue;
    }
    try {
      args[name] = conversion(value);
    } catch (error) {
      if (!(error instanceof NotConvertible)) throw error;
      const place = `argument '${name}' is of type ${className(value)}${foundInQuoted(around)}`;
      errors.push(`${place} and we were unable to convert to ${type}: ${error.message}`);
      continue;
    }
    const elements = args[name];
    if (typeof option.elements === 'string' && Array.isArray(elements)) {
      convertElements(name, elements, option.elements, around, errors);
    }
  }
}

function convertElements(name: string, elements: Value[], type: string, around: Around, errors: string[]): void {
  const conversion = Object.hasOwn(conversions, type) ? conversions[type] : undefined;
  for (const element of conversion ? elements : []) {
    try {
      conversion?.(element);
    } catch (error) {
      if (!(error instanceof NotConvertible)) throw error;
      const place = around.length === 0 ? '' : ` found in '${around.join(' -> ')}'`;
      errors.push(
        `Elements value for option '${name}'${place} is of type ${className(element)} and we were unable to convert to ${type}: ${error.message}`,
      );
    }
  }
}

const shown = (value: Value): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value));

function checkChoices(spec: Mapping, args: Mapping, around: Around, { errors }: Findings): void {
  for (const [name, { choices }] of optionsOf(spec)) {
    const value = args[name];
    if (!Array.isArray(choices) || value === undefined || value === null) continue;
    const isChoice = (item: Value): boolean => choices.some((choice) => shown(choice) === shown(item));
    const told = choices.map(shown).join(', ');
    if (Array.isArray(value)) {
      const wrong = value.filter((item) => !isChoice(item)).map(shown);
      if (wrong.length === 0) continue;
      errors.push(
        `value of ${name} must be one or more of: ${told}. Got no match for: ${wrong.join(', ')}${foundIn(around)}`,
      );
    } else if (!isChoice(value)) {
      errors.push(`value of ${name} must be one of: ${told}, got: ${shown(value)}${foundIn(around)}`);
    }
  }
}

const listsOf = (value: Value | undefined): Value[][] => (Array.isArray(value) ? value.filter(Array.isArray) : []);
const isGiven = (args: Mapping, name: Value): boolean => (args[String(name)] ?? null) !== null;

/** What an option with options of its own says of groups of them. */
const groupChecks: Readonly<Record<string, (groups: Value, args: Mapping) => string | undefined>> = {
  mutually_exclusive: (groups, args) => {
    const wrong = listsOf(groups).filter((names) => names.filter((name) => isGiven(args, name)).length > 1);
    return wrong.length === 0
      ? undefined
      : `parameters are mutually exclusive: ${wrong.map((names) => names.join('|')).join(', ')}`;
  },
  required_together: (groups, args) => {
    const isPart = (names: Value[]) =>
      names.some((name) => isGiven(args, name)) && !names.every((name) => isGiven(args, name));
    const wrong = listsOf(groups).find(isPart);
    return wrong && `parameters are required together: ${wrong.join(', ')}`;
  },
  required_one_of: (groups, args) => {
    const wrong = listsOf(groups).find((names) => !names.some((name) => isGiven(args, name)));
    return wrong && `one of the following is required: ${wrong.join(', ')}`;
  },
  required_if: (rules, args) => {
    for (const [name = null, wanted = null, needed = null, any = false] of listsOf(rules)) {
      if (args[String(name)] !== wanted || !Array.isArray(needed)) continue;
      const missing = needed.filter((each) => !isGiven(args, each));
      if (missing.length === 0 || (any === true && missing.length < needed.length)) continue;
      const which = any === true ? 'any' : 'all';
      return `${shown(name)} is ${shown(wanted)} but ${which} of the following are missing: ${missing.join(', ')}`;
    }
    return undefined;
  },
  required_by: (rules, args) => {
    for (const [name, needed] of isMapping(rules) ? Object.entries(rules) : []) {
      if (!isGiven(args, name)) continue;
      const missing = [needed].flat().filter((each) => !isGiven(args, each as Value));
      if (missing.length > 0) return `missing parameter(s) required by '${name}': ${missing.join(', ')}`;
    }
    return undefined;
  },
};

function checkInner(spec: Mapping, args: Mapping, around: Around, findings: Findings): void {
  for (const [name, option] of optionsOf(spec)) {
    const value = args[name] ?? null;
    const holdsOptions = option.type === 'dict' || (option.type === 'list' && option.elements === 'dict');
    if (!holdsOptions || !isMapping(option.options ?? null) || value === null) continue;
    const inside = [...around, name];
    for (const element of Array.isArray(value) ? value : [value]) {
      if (isMapping(element)) checkLevel(option.options as Mapping, element, inside, findings, option);
      else findings.errors.push(`value of '${name}' must be of type dict or list of dicts`);
    }
  }
}

function checkLevel(spec: Mapping, given: Mapping, around: Around, findings: Findings, groups: Mapping): void {
  const args = completed(spec, given, around, findings);
  convert(spec, args, around, findings);
  checkChoices(spec, args, around, findings);
  for (const [rule, check] of Object.entries(groupChecks)) {
    const problem = groups[rule] === undefined ? undefined : check(groups[rule], args);
    if (problem !== undefined) findings.errors.push(`${problem}${foundIn(around)}`);
  }
  checkInner(spec, args, around, findings);
}

/**
 * What is wrong with arguments according to an argument specification, in Ansible's words and order: required ones,
 * types, elements, choices, sub-options and their groups, and names that it does not know.
 */
export function argumentSpecProblems(spec: Mapping, given: Mapping): string[] {
  const findings: Findings = { errors: [], unsupported: new Map() };
  checkLevel(spec, given, [], findings, mapping());
  const names = [...findings.unsupported.keys()].sort();
  const supported = findings.unsupported.get(names.at(-1) ?? '');
  if (supported) findings.errors.push(`${names.join(', ')}. Supported parameters include: ${supported.join(', ')}.`);
  return findings.errors;
}
