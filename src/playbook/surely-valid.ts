import { isMapping, type Value } from '../values/index.js';

type Schema = Readonly<Record<string, unknown>>;
type Check = (value: Value, operand: never, schema: Schema) => boolean;

const types: Readonly<Record<string, (value: Value) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: isMapping,
};

const patterns = new Map<string, RegExp>();

function matches(text: string, pattern: string): boolean {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known.test(text);
}

const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> => (schema.properties ?? {}) as never;

const checks: Readonly<Record<string, Check>> = {
  description: () => true,
  title: () => true,
  type: (value, operand: string | string[]) => [operand].flat().some((type) => types[type]?.(value)),
  enum: (value, operand: Value[]) => operand.includes(value),
  anyOf: (value, operand: Schema[]) => operand.some((schema) => isSurelyValid(schema, value)),
  allOf: (value, operand: Schema[]) => operand.every((schema) => isSurelyValid(schema, value)),
  pattern: (value, operand: string) => typeof value !== 'string' || matches(value, operand),
  items: (value, operand: Schema) => !Array.isArray(value) || value.every((item) => isSurelyValid(operand, item)),
  required: (value, operand: string[]) => !isMapping(value) || operand.every((name) => Object.hasOwn(value, name)),
  properties: (value, operand: Record<string, Schema>) =>
    !isMapping(value) ||
    Object.entries(value).every(([name, entry]) => {
      const schema = Object.hasOwn(operand, name) ? operand[name] : undefined;
      return schema === undefined || isSurelyValid(schema, entry);
    }),
  additionalProperties: (value, operand: boolean, schema) =>
    operand || !isMapping(value) || Object.keys(value).every((name) => Object.hasOwn(propertiesOf(schema), name)),
};

/**
 * Does the value satisfy the JSON Schema (draft 7)? `false` also where the schema says something that is not known here.
 * A playbook is nearly always right: compiling a schema to say so takes a hundred times longer than this.
 */
export const isSurelyValid = (schema: object, value: Value): boolean =>
  Object.entries(schema).every(([keyword, operand]) => {
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined;
    return check?.(value, operand as never, schema as Schema) ?? false;
  });
