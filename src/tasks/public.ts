/**
 * What a task of one's own is made with: `import { defineTask, program, sh, text } from 'kprov/task'`. It goes into
 * `library/` beside the playbook or in a role; docs/own-tasks.md has a worked example.
 */
export { KprovError, type KprovErrorOptions } from '../errors/index.js';
export { type Interpolation, joinScripts, quote, type Script, sh } from '../shell/index.js';
export type { Files, Mapping, Value } from '../values/index.js';
export { interpretEdit, texts, withFailure } from './general/reported.js';
export {
  type ArgumentsOf,
  anything,
  choice,
  dictionary,
  flag,
  integer,
  list,
  mode,
  number,
  type Parameter,
  type Parameters,
  path,
  text,
} from './parameters.js';
export {
  type Diff,
  defineTask,
  type Interpretation,
  isTask,
  type Outcome,
  type Program,
  program,
  type Report,
  type Status,
  type Task,
  type TaskContext,
  type TaskDefinition,
  type Upload,
} from './task.js';
