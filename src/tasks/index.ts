export { argumentSchema, type ParsedArguments, parameterNames, parseArguments } from './arguments.js';
export { findTask, taskNames, tasks } from './catalogue.js';
export type { ArgumentsOf, Parameter, Parameters } from './parameters.js';
export { refusalOf, refusedModules } from './refused.js';
export type {
  Diff,
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
