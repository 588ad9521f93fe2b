export { argumentSchema, type ParsedArguments, parameterNames, parseArguments } from './arguments.js';
export {
  type ForeignSource,
  findTask,
  isShipped,
  type Refusal,
  refusalOf,
  taskNamed,
  taskNames,
  tasks,
  useOwnTasks,
} from './catalogue.js';
export { type ForeignModule, foreignTask, interpreterOf, styleOf } from './foreign/index.js';
export type { ArgumentsOf, Parameter, Parameters } from './parameters.js';
export * as publicTaskApi from './public.js';
export { refusedModules } from './refused.js';
export type {
  Diff,
  Download,
  Interpretation,
  Outcome,
  Program,
  RenderOptions,
  Report,
  Status,
  Task,
  TaskContext,
  Upload,
} from './task.js';
export { splitWords } from './words.js';
