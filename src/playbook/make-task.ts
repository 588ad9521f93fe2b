import { isMapping, type Mapping } from '../values/index.js';
import type { Action } from './action.js';
import { type Context, type Cursor, child, positionOf } from './context.js';
import { inherit, type Own, scopeInside } from './inherit.js';
import type { Condition, Count, Scope, Task } from './model.js';
import { ownText, readKeywords, variableName } from './read-keywords.js';

/** The place, and the how-manieth time it was loaded. */
export function nodeId(context: Context, cursor: Cursor): string {
  const { file, line, column } = positionOf(cursor);
  const place = `${file}:${line}:${column}`;
  const count = (context.ids.get(place) ?? 0) + 1;
  context.ids.set(place, count);
  return count === 1 ? place : `${place}#${count}`;
}

export interface Read {
  cursor: Cursor;
  own: Own;
  action: Action;
  scope: Scope;
}

/** What tasks inherit that an include brings: not its own keywords, but those under `apply`, and its variables. */
function scopeOfInclude(context: Context, read: Read): Scope {
  const { own, action, scope } = read;
  const apply = action.places.get('apply');
  const applied =
    apply === undefined || !isMapping(apply.value) ? new Map() : readKeywords(context, apply, 'block').own;
  const params = [own.get('vars') as Mapping | undefined, action.includeVars].filter((vars) => vars !== undefined);
  const inside = scopeInside({ ...scope, varsChain: [...scope.varsChain, ...params] }, applied);
  return { ...inside, includeParams: [...scope.includeParams, ...params] };
}

/** Keywords of a task alone: keyword → field. */
export const fields: Readonly<Record<string, string>> = {
  until: 'until',
  retries: 'retries',
  delay: 'delay',
  changed_when: 'changedWhen',
  failed_when: 'failedWhen',
  async: 'async',
  poll: 'poll',
};

/** The task of the model: its own keywords, with what it inherits. */
export function makeTask(context: Context, read: Read & { loop?: Task['loop'] }): Task {
  const { cursor, own, action, scope } = read;
  const { name } = action.description;
  const inside = scopeInside(scope, own);
  const inherited =
    action.delegateTo === undefined
      ? inside.inherited
      : inherit(inside.inherited, new Map([['delegate_to', action.delegateTo]]));
  const alone = Object.fromEntries(
    Object.entries(fields).flatMap(([keyword, field]) => (own.has(keyword) ? [[field, own.get(keyword)]] : [])),
  ) as Partial<
    Record<'until' | 'changedWhen' | 'failedWhen', Condition[]> & Record<'retries' | 'delay' | 'async' | 'poll', Count>
  >;
  const register = own.has('register') ? variableName(context, child(cursor, 'register'), 'register') : undefined;
  const isInclude = name === 'include_tasks' || name === 'include_role';
  return {
    ...inherited,
    ...alone,
    kind: 'task',
    id: nodeId(context, cursor),
    name: ownText(own, 'name') ?? name,
    action: name,
    args: action.args,
    ...(action.isText && { argsAreText: true }),
    ...(action.variableArgs !== undefined && { variableArgs: action.variableArgs }),
    position: positionOf(cursor),
    at: action.at,
    ...(read.loop !== undefined && { loop: read.loop }),
    ...(register !== undefined && { register }),
    listen: (own.get('listen') as string[] | undefined) ?? [],
    isHandler: scope.isHandler,
    varsChain: inside.varsChain,
    includeParams: scope.includeParams,
    ...(scope.role !== undefined && { role: scope.role }),
    scope: isInclude ? scopeOfInclude(context, read) : scope,
  };
}
