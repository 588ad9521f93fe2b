export { parseBoolean } from './boolean.js';
export { Pending } from './pending.js';
export { isMapping, type Mapping, mapping, type Value } from './value.js';
