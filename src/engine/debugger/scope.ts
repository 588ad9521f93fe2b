import type { Task } from '../../playbook/index.js';
import type { LazyMapping, Variable, Variables } from '../../template/index.js';
import { Callable, Thing } from '../../template/python/kinds.js';
import { type Mapping, mapping, Pending, readVaulted } from '../../values/index.js';
import type { TaskCame, TaskOnHost } from '../attempts/settlement.js';
import { isUsersError, shown } from '../results/task-result.js';
import { variablesOf } from '../variables/variables.js';

/** What is shown of it by itself is its name; its parts are had by attribute. */
class Shown extends Thing {
  constructor(
    readonly typeName: string,
    readonly text: string,
    readonly parts: Readonly<Record<string, unknown>>,
  ) {
    super();
  }

  attribute(name: string): unknown {
    return Object.hasOwn(this.parts, name) ? this.parts[name] : undefined;
  }

  override repr(): string {
    return this.text;
  }
}

const CENSORED = "the output has been hidden due to the fact that 'no_log: true' was specified for this result";

const says = (name: string, answer: boolean): Callable => new Callable(name, () => answer);

/** `task_vars`: variables as they are written, like Ansible's, before any template is filled in. */
function taskVars(variables: Variables): LazyMapping {
  const get = (name: string): Variable | undefined => {
    try {
      const found = variables.get(name);
      return found && { ...found, template: readVaulted(found.value) !== undefined };
    } catch (error) {
      // It is being registered by the very task that is looked at.
      if (error instanceof Pending) return undefined;
      throw error;
    }
  };
  return { lazyGet: get, lazyKeys: () => [...new Set(variables.names())].filter((name) => get(name) !== undefined) };
}

/** What expressions at the debugger see: Ansible's names, and the variables of the host beside them. */
export function debuggerScope(about: TaskOnHost, came: TaskCame, task: Task, args: Mapping): Variables {
  const { host, info } = about;
  const { run } = host.play;
  const { result, turns } = came;
  const noLog = turns.some((turn) => turn.noLog);
  const variables = variablesOf(host.scope(task));
  const parts = {
    name: task.name,
    action: task.action,
    args: noLog ? mapping({ censored: CENSORED }) : args,
    vars: Object.assign(mapping(), ...task.varsChain) as Mapping,
    when: [...task.when],
    tags: [...task.tags],
    register: task.register ?? null,
  };
  const values: Readonly<Record<string, unknown>> = {
    task: new Shown('Task', `${task.isHandler ? 'HANDLER' : 'TASK'}: ${info.name}`, parts),
    task_vars: taskVars(variables),
    host: new Shown('Host', host.host, { name: host.host, get_name: new Callable('get_name', () => host.host) }),
    result: new Shown('TaskResult', `<TaskResult of ${info.name}>`, {
      _result: shown(run, result, noLog).value,
      is_changed: says('is_changed', result.status === 'changed'),
      is_failed: says('is_failed', result.status === 'failed'),
      is_skipped: says('is_skipped', result.status === 'skipped'),
      is_unreachable: says('is_unreachable', result.status === 'unreachable'),
    }),
  };
  return {
    get: (name) =>
      Object.hasOwn(values, name) ? { value: values[name], template: false, origin: 'author' } : variables.get(name),
    names: () => [...Object.keys(values), ...variables.names()],
  };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * Texts that a task without a log was given, and the variables that went into them: they are not to be shown in any
 * other way either.
 */
export function hiddenTexts({ host, task }: TaskOnHost, { turns }: TaskCame): string[] {
  const { templar } = host.play.run.scope;
  /** What the task itself could not have has shown nothing either. */
  const tried = <T>(get: () => T, otherwise: T): T => {
    try {
      return get();
    } catch (error) {
      if (error instanceof Pending || isUsersError(error)) return otherwise;
      throw error;
    }
  };
  return turns.flatMap(({ noLog, work, turn }) => {
    if (!noLog) return [];
    const variables = variablesOf(host.scope(task, turn?.local));
    // Of `that` and `var`, which are expressions, as well as of templates.
    const namesIn = (text: string) => tried(() => [...templar.references(text, { expression: true })], []);
    const names = new Set(textsIn(task.args).flatMap(namesIn));
    const values = [...names].map((name) => tried(() => templar.evaluate(name, variables), null));
    return textsIn([values, work?.written ?? null, turn?.item ?? null]);
  });
}
