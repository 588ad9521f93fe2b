import { posix } from 'node:path';
import { isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { findAction } from './action-names.js';
import { type Context, type Cursor, child, deprecate, keyPositionOf, playSink, positionOf, report } from './context.js';
import { toPercent } from './convert.js';
import { handlersOf } from './handlers.js';
import { inherit, nothingInherited, type Own } from './inherit.js';
import { keywordsOf } from './keywords.js';
import type { Condition, Count, Inherited, Node, Play, Scope } from './model.js';
import { checkNotifications } from './notifications.js';
import { ownText, readKeywords } from './read-keywords.js';
import { loadRole } from './role.js';
import { roleUses } from './role-use.js';
import { checkTemplates } from './templates.js';
import { checkReservedNames } from './variables.js';
import { readVarsFiles } from './vars-files.js';
import { readVarsPrompt } from './vars-prompt.js';
import { describe, suggestion } from './words.js';

/** What import_playbook hands to the plays of the file. */
export interface Imported {
  inherited: Inherited;
  vars: Mapping;
}

export const notImported: Imported = { inherited: nothingInherited, vars: mapping() };

function readHosts(context: Context, cursor: Cursor): Value | undefined {
  const hosts = child(cursor, 'hosts');
  const { value } = hosts;
  const isWord = (item: Value): boolean => typeof item === 'string' && item.trim() !== '';
  if (isWord(value)) {
    checkTemplates(context, hosts);
    return value;
  }
  if (Array.isArray(value) && value.length > 0) {
    const wrong = value.findIndex((item) => !isWord(item));
    if (wrong === -1) return value;
    const at = child(hosts, wrong);
    report(context, positionOf(at), {
      code: 'wrong-type',
      message: `a host pattern that is ${describe(at.value)}`,
      why: 'expected text',
    });
    return undefined;
  }
  const isMissing = !isMapping(cursor.value) || !('hosts' in cursor.value);
  const action = Object.keys(isMapping(cursor.value) ? cursor.value : {}).find(
    (key) => findAction(context, key) !== undefined,
  );
  report(context, isMissing ? positionOf(cursor) : positionOf(hosts), {
    code: isMissing ? 'no-hosts' : 'wrong-type',
    message: isMissing
      ? 'a play without `hosts`'
      : `\`hosts\` is ${Array.isArray(value) ? 'an empty list' : describe(value)}`,
    why: 'a play says on which hosts it runs: a pattern, or a list of patterns',
    fix:
      action === undefined
        ? 'add `hosts: all`, or a group'
        : `\`${action}\` is a task: put it under \`tasks\` of a play`,
  });
  return undefined;
}

function reportUnknown(context: Context, cursor: Cursor, key: string): void {
  const isTask = findAction(context, key) !== undefined;
  const isTaskKeyword = keywordsOf('task').has(key) || key.startsWith('with_');
  report(context, keyPositionOf(child(cursor, key)), {
    code: 'unknown-keyword',
    message: `unknown keyword \`${key.slice(0, 80)}\` of a play`,
    ...(isTask && { why: 'it is a task' }),
    ...(isTaskKeyword && { why: 'it works on tasks and blocks' }),
    fix: isTask ? 'put it under `tasks`' : suggestion(key, keywordsOf('play').keys()),
  });
}

function readSerial(context: Context, cursor: Cursor): Count[] {
  const list = Array.isArray(cursor.value) ? cursor.value.map((_, index) => child(cursor, index)) : [cursor];
  return list.map((item) => toPercent(context, item, 'serial')).filter((count) => count !== undefined);
}

function checkGatherSubset(context: Context, cursor: Cursor): void {
  const { value } = cursor;
  const isFine =
    value === null ||
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((item) => typeof item === 'string'));
  if (isFine) return;
  report(context, positionOf(cursor), {
    code: 'wrong-type',
    message: `\`gather_subset\` is ${describe(value)}`,
    why: 'expected words',
  });
}

const simple: Readonly<Record<string, keyof Play>> = {
  gather_facts: 'gatherFacts',
  gather_subset: 'gatherSubset',
  gather_timeout: 'gatherTimeout',
  fact_path: 'factPath',
  order: 'order',
  max_fail_percentage: 'maxFailPercentage',
  force_handlers: 'forceHandlers',
};

const simpleFields = (own: Own): Partial<Play> =>
  Object.fromEntries(Object.entries(simple).flatMap(([key, field]) => (own.has(key) ? [[field, own.get(key)]] : [])));

function loadRoles(context: Context, cursor: Cursor, scope: Scope): Node[] {
  return roleUses(context, child(cursor, 'roles'), { scope, parents: [] }).flatMap((use) => {
    const loaded = loadRole(context, use);
    context.play.roleHandlers.push(...(loaded?.handlers ?? []));
    return loaded?.nodes ?? [];
  });
}

/** Reads one play with all that it imports. */
export function loadPlay(context: Context, cursor: Cursor, from: { file: string; imported: Imported }): Play {
  const { file, imported } = from;
  const position = positionOf(cursor);
  const { own, others } = readKeywords(context, cursor, 'play');
  for (const key of others) {
    if (key === 'user') {
      deprecate(context, keyPositionOf(child(cursor, key)), 'user', 'remote_user');
      const { value } = child(cursor, key);
      if (typeof value === 'string' && !own.has('remote_user')) own.set('remote_user', value);
    } else reportUnknown(context, cursor, key);
  }
  const hosts = readHosts(context, cursor);
  const vars: Mapping = Object.assign(mapping(own.get('vars') as Mapping | undefined), imported.vars);
  context.play = playSink(vars);
  const keywords = inherit(imported.inherited, own);
  const directory = posix.dirname(file);
  const scope: Scope = {
    inherited: keywords,
    varsChain: [],
    includeParams: [],
    fileChain: [file],
    directory,
    isHandler: false,
  };
  const part = (key: string): Node[] => context.loadNodes(child(cursor, key), scope);
  checkGatherSubset(context, child(cursor, 'gather_subset'));
  const preTasks = part('pre_tasks');
  const roleTasks = loadRoles(context, cursor, scope);
  const tasks = part('tasks');
  const postTasks = part('post_tasks');
  const handlers = handlersOf(context, child(cursor, 'handlers'), scope);
  const hostsName = Array.isArray(hosts) ? hosts.join(',') : String(hosts ?? '');
  const strategy = ownText(own, 'strategy')?.replace(/^ansible\.builtin\./, '');
  const play: Play = {
    name: ownText(own, 'name') ?? hostsName,
    file,
    directory,
    position,
    at: (path) => cursor.document.at([...cursor.path, ...path]),
    hosts: hosts ?? '',
    vars,
    varsPrompt: readVarsPrompt(context, child(cursor, 'vars_prompt')),
    varsFiles: readVarsFiles(context, child(cursor, 'vars_files'), directory),
    ...context.options.playDefaults,
    ...simpleFields(own),
    serial: own.has('serial') ? readSerial(context, child(cursor, 'serial')) : [],
    ...(strategy !== undefined && { strategy }),
    gatherWhen: imported.inherited.when as readonly Condition[],
    keywords,
    preTasks,
    roleTasks,
    tasks,
    postTasks,
    handlers: [...context.play.roleHandlers, ...handlers],
    roles: context.play.roles,
  };
  checkNotifications(context, play);
  checkReservedNames(context, child(cursor, 'vars'));
  return play;
}
