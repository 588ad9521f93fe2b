import type { Task } from '../../playbook/index.js';
import type { LazyMapping, Variable, Variables } from '../../template/index.js';
import { Callable, Thing } from '../../template/python/kinds.js';
import { isMapping, type Mapping, mapping, Pending, readVaulted, type Value } from '../../values/index.js';
import type { TaskCame, TaskOnHost } from '../attempts/settlement.js';
import { shown } from '../results/task-result.js';
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

/** Texts that a task without a log was given: they are not to be shown in any other way either. */
export function hiddenTexts({ turns }: TaskCame): string[] {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) value.forEach(collect);
    else if (isMapping(value as Value)) Object.values(value as Mapping).forEach(collect);
  };
  for (const { noLog, work } of turns) if (noLog && work !== undefined) collect(work.written);
  return texts;
}
