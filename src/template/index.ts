export type { Environment } from './environment.js';
export { TemplateError, type TemplatePlace, UndefinedError } from './errors.js';
export { readJson, writeJson } from './filters/json-values.js';
export { OMIT } from './omit.js';
export { toValue } from './python/copy.js';
export { str as pythonText } from './python/repr.js';
export { type Call, type CallContext, type Filter, filter, type Test, test } from './runtime/callables.js';
export type { Delimiters } from './syntax/delimiters.js';
export { createTemplar, isConstant } from './templar.js';
export {
  type CheckOptions,
  isLazyMapping,
  type LazyMapping,
  type Lookup,
  type Templar,
  type TemplarOptions,
  type TemplateProblem,
  type TextKind,
  type TextOptions,
  type Traced,
  type Variable,
  type Variables,
} from './types.js';
export { dumpYaml } from './yaml/dump.js';
