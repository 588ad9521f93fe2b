export { argumentSpecProblems } from './argument-spec.js';
export type { ParameterDescription, TaskCatalogue, TaskDescription } from './catalogue.js';
export type { LoadOptions } from './context.js';
export { playbookJsonSchema } from './json-schema.js';
export { commonLookups, type Keyword, keywords } from './keywords.js';
export { createLoader, type LoadedInclude, type LoadedTasks, type Loader, loadPlaybook } from './loader.js';
export type {
  Block,
  Condition,
  Count,
  Flag,
  Inherited,
  Loop,
  LoopControl,
  Node,
  Play,
  Playbook,
  RoleContext,
  Scope,
  Task,
} from './model.js';
export { topicsOf } from './notifications.js';
export { registryCatalogue } from './registry-catalogue.js';
export { exportedVars, roleDefaults, roleParameters, roleVars } from './role-variables.js';
export { tasksIn, tasksOf } from './tasks-of.js';
export { varsFilePlaces } from './vars-files.js';
export type { VarsPrompt } from './vars-prompt.js';
