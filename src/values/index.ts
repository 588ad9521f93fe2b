export { bytesOfText, textOfBytes } from './any-bytes.js';
export { parseBoolean } from './boolean.js';
export { type FileContent, type Files, isLarge, type LargeFile, type ReadOptions } from './files.js';
export { Float, float, floatText, unboxed } from './float.js';
export { Pending } from './pending.js';
export { MASK, Redactor } from './redactor.js';
export { Unknowable } from './unknowable.js';
export { isMapping, type Mapping, mapping, type Value } from './value.js';
export { readVaulted, readVaultedArgument, type Vaulted, vaultedText } from './vaulted.js';
