import { type RoleContext, roleDefaults, roleParameters, roleVars, type Task } from '../../playbook/index.js';
import { isConstant, type Variables } from '../../template/index.js';
import type { Mapping, Value } from '../../values/index.js';
import type { PlayScope, TaskScope } from '../variables/variables.js';
import { isConnectionVariable } from './connection-names.js';
import type { ReadVariable } from './connection-variables.js';
import type { Conversation } from './conversation.js';

const holdsAny = (layer: Mapping | undefined): boolean =>
  layer !== undefined && Object.keys(layer).some(isConnectionVariable);

const ofRoles = new WeakMap<RoleContext, boolean>();
const ofTasks = new WeakMap<Task, boolean>();

function remembered<K extends object>(known: WeakMap<K, boolean>, key: K, compute: () => boolean): boolean {
  const found = known.get(key);
  if (found !== undefined) return found;
  const answer = compute();
  known.set(key, answer);
  return answer;
}

/** Does the task bring connection variables of its own: by vars, by its blocks, includes or role? */
const bringsOwn = (task: Task): boolean =>
  remembered(ofTasks, task, () => {
    const { role } = task;
    const byRole =
      role !== undefined &&
      remembered(ofRoles, role, () => [roleParameters(role), roleVars(role), roleDefaults(role)].some(holdsAny));
    return byRole || task.varsChain.some(holdsAny) || task.includeParams.some(holdsAny);
  });

/** What is known of one host in one play, as long as neither its inventory nor what the run set has changed. */
interface Known {
  inventory: Mapping;
  version: number;
  values: Map<string, Value | undefined>;
  conversation: Conversation | undefined;
}

const plays = new WeakMap<PlayScope, Map<string, Known>>();

/**
 * What all tasks of the play have in common about reaching a host; undefined where this one may differ. Asked for with
 * every task, so variables that are no templates are looked up once.
 */
export function commonTo({ play, host, task, local }: TaskScope): Known | undefined {
  if ((task !== undefined && bringsOwn(task)) || holdsAny(local)) return undefined;
  const hosts = plays.get(play) ?? new Map<string, Known>();
  plays.set(play, hosts);
  const { inventory, states } = play.run;
  const version = states.get(host)?.connectionVersion ?? 0;
  const variables = inventory.variablesOf(host, { playbookDir: play.play.directory });
  const found = hosts.get(host);
  if (found && found.version === version && found.inventory === variables) return found;
  const known: Known = { inventory: variables, version, values: new Map(), conversation: undefined };
  hosts.set(host, known);
  return known;
}

export interface ConnectionReader {
  /** Reads a connection variable as the task sees it, rendered. */
  read: ReadVariable;
  /** Is everything that was read the same for all tasks of the play? */
  isCommon(): boolean;
}

/** Reads variables of a connection; what the tasks of a play have in common is worked out once for each host. */
export function connectionReader(scope: TaskScope, variables: Variables): ConnectionReader {
  const { templar } = scope.play.run;
  const values = commonTo(scope)?.values;
  let isCommon = values !== undefined;
  const read: ReadVariable = (name) => {
    if (values?.has(name)) return values.get(name);
    const found = variables.get(name);
    const value = found === undefined ? undefined : templar.evaluate(name, variables);
    if (found?.template && !isConstant(found.value as Value)) isCommon = false;
    else values?.set(name, value);
    return value;
  };
  return { read, isCommon: () => isCommon };
}
