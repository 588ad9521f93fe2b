export { type Diagnostic, type Position, sortDiagnostics } from './diagnostic.js';
export { InputError, KprovError, type KprovErrorOptions } from './kprov-error.js';
export { nearest } from './nearest.js';
