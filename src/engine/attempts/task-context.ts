import { resolve } from 'node:path';
import type { Task } from '../../playbook/index.js';
import type { TaskContext } from '../../tasks/index.js';
import type { Variables } from '../../template/index.js';
import type { RunContext } from '../context.js';
import { findFile } from '../variables/search.js';
import { withTemplateVariables } from '../variables/template-variables.js';
import type { TaskScope } from '../variables/variables.js';
import type { Attempt } from './attempt.js';

/** What a task may ask of its surroundings while it is compiled and interpreted. */
export function contextOf(
  run: RunContext,
  scope: TaskScope,
  task: Task,
  variables: Variables,
  modes: Pick<Attempt, 'check' | 'diff' | 'become' | 'delegateTo' | 'noLog' | 'asyncSeconds'>,
): TaskContext {
  const { templar } = run.scope;
  return {
    host: scope.host,
    becomeUser: modes.become.kind === 'user' ? modes.become.user : undefined,
    delegateTo: modes.delegateTo,
    checkMode: modes.check,
    diffMode: modes.diff,
    noLog: modes.noLog,
    verbosity: run.options.verbosity,
    isAsync: modes.asyncSeconds > 0,
    shell: run.options.shell,
    native: run.options.native,
    files: run.files,
    local: (path) => resolve(run.options.workingDirectory, path.replace(/^~(?=\/|$)/, run.options.homeDirectory)),
    find: (kind, name) => findFile(run.files, task, kind, name),
    render: (source, options = {}) => {
      const {
        source: _src,
        destination: _dest,
        variableStart,
        variableEnd,
        blockStart,
        blockEnd,
        commentStart,
        commentEnd,
        newlineSequence,
        ...rest
      } = options;
      const seen =
        task.action === 'template' && options.name !== undefined
          ? withTemplateVariables(variables, {
              path: options.name,
              src: options.source ?? options.name,
              dest: options.destination,
              managed: run.options.managed ?? 'Ansible managed',
            })
          : variables;
      return templar.renderText(source, seen, {
        ...rest,
        ...(newlineSequence !== undefined && { newlineSequence: newlineSequence as '\n' }),
        delimiters: {
          ...(variableStart !== undefined && { variableStart }),
          ...(variableEnd !== undefined && { variableEnd }),
          ...(blockStart !== undefined && { blockStart }),
          ...(blockEnd !== undefined && { blockEnd }),
          ...(commentStart !== undefined && { commentStart }),
          ...(commentEnd !== undefined && { commentEnd }),
        },
      });
    },
    test: (condition) => templar.evaluateCondition(condition, variables),
    evaluate: (expression) => templar.evaluate(expression, variables),
    variable: (name) => {
      const found = variables.get(name);
      if (!found) return undefined;
      return templar.evaluate(name, variables);
    },
  };
}
