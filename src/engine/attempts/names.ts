import type { Task } from '../../playbook/index.js';
import { isConstant, pythonText } from '../../template/index.js';
import type { Value } from '../../values/index.js';
import type { Order, TaskInfo } from '../events.js';
import type { HostRun } from '../scheduler/host-run.js';
import { type TaskScope, variablesOf } from '../variables/variables.js';
import { writtenArguments } from './written-arguments.js';

/** A text of the playbook with the host's values, as far as they are known; for names and labels. */
export function tryRender(text: Value, scope: TaskScope): string {
  if (typeof text === 'string' && isConstant(text)) return text;
  try {
    return pythonText(scope.play.run.templar.render(text, variablesOf(scope)));
  } catch {
    return typeof text === 'string' ? text : JSON.stringify(text);
  }
}

/** What an entry of `notify` comes to: a template may give a list. */
export function tryTopics(topic: string, scope: TaskScope): string[] {
  if (isConstant(topic)) return [topic];
  try {
    const value = scope.play.run.templar.render(topic, variablesOf(scope));
    return (Array.isArray(value) ? value : [value]).map(pythonText);
  } catch {
    return [topic];
  }
}

/** What listeners are told of a task of this host. */
export function taskInfo(host: HostRun, task: Task, order: Order): TaskInfo {
  const scope = host.scope(task);
  const name = tryRender(task.name, scope);
  return {
    id: task.id,
    name: task.role && !name.startsWith(`${task.role.name} : `) ? `${task.role.name} : ${name}` : name,
    action: tryRender(task.action, scope),
    order,
    position: task.position,
    handler: task.isHandler,
    loop: task.loop !== undefined,
    checkMode: host.play.run.options.checkMode,
    ...(host.play.run.options.showsArguments === true && { arguments: writtenArguments(task) }),
  };
}
