import { Float, isMapping, type Mapping, parseBoolean, unboxed, type Value } from '../values/index.js';
import { parseMode } from './mode.js';

/** One documented argument of a task: its JSON Schema and how Ansible's loose values become the one type that is meant. */
export interface Parameter<T, Present extends boolean = boolean> {
  description: string;
  schema: object;
  /** The converted value; throws RangeError with what was expected. */
  parse(value: Value): T;
  required: boolean;
  /** What is said where it lacks, if not what Ansible's modules say. */
  missing?: string;
  default?: T;
  aliases: readonly string[];
  /** Never shown: the value is registered with the redactor. */
  secret: boolean;
  /** A path of the host, in which `~` and `$NAME` are filled in; a name: if that parameter is true. */
  onHost?: true | string;
  /** Is null a value of its own, instead of the absence of one? */
  takesNull?: true;
  /** Type only: an argument that is required or has a default is always there. */
  readonly present?: Present;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** The arguments that a task's functions get: converted, defaults filled in, names canonical. */
export type ArgumentsOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T, infer Present>
    ? Present extends true
      ? T
      : T | undefined
    : never;
};

interface Options<T> {
  required?: boolean;
  default?: T;
  aliases?: readonly string[];
  secret?: boolean;
}

type PresentIn<T, O extends Options<T>> = O extends { required: true } ? true : O extends { default: T } ? true : false;

function parameter<T, const O extends Options<T>>(
  description: string,
  options: O | undefined,
  schema: object,
  parse: (value: Value) => T,
): Parameter<T, PresentIn<T, O>> {
  return {
    description,
    schema,
    parse,
    required: options?.required ?? false,
    aliases: options?.aliases ?? [],
    secret: options?.secret ?? false,
    ...(options?.default !== undefined && { default: options.default }),
  };
}

const scalar = { type: ['string', 'number', 'boolean'] };

function parseString(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || value instanceof Float) return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  throw new RangeError('expected a string');
}

/** Text. Numbers and booleans are taken as Python would print them. */
export const text = <const O extends Options<string>>(description: string, options?: O) =>
  parameter<string, O>(description, options, scalar, parseString);

function parsePath(value: Value): string {
  const name = parseString(value);
  if (name === '') throw new RangeError('expected a path, got the empty string');
  return name;
}

/** A path on the host; with `onHost` only if the parameter of that name is true. */
export const path = <const O extends Options<string> & { onHost?: string }>(description: string, options?: O) => ({
  ...parameter<string, O>(description, options, scalar, parsePath),
  onHost: options?.onHost ?? (true as const),
});

/** A path on the control machine. */
export const localPath = <const O extends Options<string>>(description: string, options?: O) =>
  parameter<string, O>(description, options, scalar, parsePath);

/** yes/no, true/false, on/off, 1/0. */
export const flag = <const O extends Options<boolean>>(description: string, options?: O) =>
  parameter<boolean, O>(description, options, scalar, (value) => {
    const parsed = parseBoolean(unboxed(value));
    if (parsed === undefined) throw new RangeError('expected a boolean (yes or no)');
    return parsed;
  });

/** A whole number. */
export const integer = <const O extends Options<number>>(description: string, options?: O) =>
  parameter<number, O>(description, options, { type: ['integer', 'string'] }, (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : unboxed(value);
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new RangeError('expected a whole number');
    return number;
  });

/** A number, with or without a fraction. */
export const number = <const O extends Options<number>>(description: string, options?: O) =>
  parameter<number, O>(description, options, { type: ['number', 'string'] }, (value) => {
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : unboxed(value);
    if (typeof parsed !== 'number' || !Number.isFinite(parsed)) throw new RangeError('expected a number');
    return parsed;
  });

/** One of the words given. */
export const choice = <const C extends string, const O extends Options<C>>(
  description: string,
  choices: readonly C[],
  options?: O,
) =>
  parameter<C, O>(description, options, { enum: choices }, (value) => {
    // YAML 1.1 reads on, off, yes and no as booleans: a choice spelt so is meant.
    const words =
      typeof value === 'boolean' ? (value ? ['yes', 'on', 'true'] : ['no', 'off', 'false']) : [String(value)];
    const found = choices.find((c) => words.includes(c));
    if (found === undefined) throw new RangeError(`expected one of ${choices.join(', ')}`);
    return found;
  });

/** A list of strings; one string is split at commas, as Ansible does. */
export const list = <const O extends Options<readonly string[]>>(description: string, options?: O) =>
  parameter<readonly string[], O>(
    description,
    options,
    { anyOf: [scalar, { type: 'array', items: scalar }] },
    (value) => {
      if (Array.isArray(value)) return value.map(parseString);
      const items = parseString(value);
      return items === '' ? [] : items.split(',').map((item) => item.trim());
    },
  );

/** A list of paths on the host. */
export const paths = <const O extends Options<readonly string[]>>(description: string, options?: O) => ({
  ...list(description, options),
  onHost: true as const,
});

/** A mapping. */
export const dictionary = <const O extends Options<Mapping>>(description: string, options?: O) =>
  parameter<Mapping, O>(description, options, { type: 'object' }, (value) => {
    if (!isMapping(value)) throw new RangeError('expected a mapping');
    return value;
  });

/** Any value, as it is. */
export const anything = <const O extends Options<Value>>(description: string, options?: O) =>
  parameter<Value, O>(description, options, {}, (value) => value);

/**
 * File permissions: "0644", 0644 (YAML reads it as 420), or symbolic ("u=rw,g+r"). Given to the host's functions as
 * four octal digits, or as "AND:OR" masks for a symbolic one.
 */
export const mode = <const O extends Options<string>>(description: string, options?: O) =>
  parameter<string, O>(description, options, { type: ['string', 'integer'] }, parseMode);
