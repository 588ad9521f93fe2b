export { parseBoolean } from './boolean.js';
export type { Files } from './files.js';
export { Pending } from './pending.js';
export { MASK, Redactor } from './redactor.js';
export { Unknowable } from './unknowable.js';
export { isMapping, type Mapping, mapping, type Value } from './value.js';
