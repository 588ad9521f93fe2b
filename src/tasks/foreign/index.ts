export { type ForeignModule, foreignTask } from './module.js';
export { interpreterOf, type ModuleStyle, styleOf } from './style.js';
