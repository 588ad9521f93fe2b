import { isMapping, type Mapping } from '../values/index.js';
import { readAction } from './action.js';
import { chooseAction } from './choose-action.js';
import { type Context, type Cursor, child, deprecate, keyPositionOf, positionOf, report } from './context.js';
import { toFlag } from './convert.js';
import { importRole } from './import-role.js';
import { checkInclude, warnAboutIdle } from './include-rules.js';
import { type Own, scopeInside } from './inherit.js';
import { readLoop } from './loop.js';
import { makeTask, nodeId, type Read } from './make-task.js';
import type { Block, Node, Scope } from './model.js';
import { ownText, readKeywords } from './read-keywords.js';
import { staticText } from './static-text.js';
import { readTaskFile } from './task-files.js';
import { describe, isTemplate } from './words.js';

/** More nodes than any real playbook has: imports that multiply. */
const MOST_NODES = 50_000;

/** The list under a keyword, or of a whole file, as nodes. */
export function loadNodes(context: Context, list: Cursor, scope: Scope): Node[] {
  if (list.value === null) return [];
  if (!Array.isArray(list.value)) {
    report(context, positionOf(list), {
      code: 'wrong-type',
      message: `${list.path.length === 0 ? 'the file' : `\`${list.path.at(-1)}\``} holds ${describe(list.value)}`,
      why: 'expected a list of tasks',
      fix: 'begin each task with `- `',
    });
    return [];
  }
  return list.value.flatMap((_, index) => loadNode(context, child(list, index), scope));
}

function loadNode(context: Context, cursor: Cursor, scope: Scope): Node[] {
  context.nodeCount += 1;
  if (context.nodeCount > MOST_NODES) {
    if (context.nodeCount === MOST_NODES + 1) {
      report(context, positionOf(cursor), { code: 'too-many-tasks', message: `more than ${MOST_NODES} tasks` });
    }
    return [];
  }
  const { value } = cursor;
  if (!isMapping(value)) {
    const text = typeof value === 'string' ? /^([\w.]+)[:=\s]\s*(.*)$/s.exec(value) : null;
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: value === null ? 'an empty task' : `a task that is ${describe(value)}`,
      why: 'a task is a mapping with a name and an action',
      fix: text
        ? `write \`- ${text[1]}: ${(text[2] ?? '').slice(0, 60)}\``
        : 'write `- name: …`, and the action below it',
    });
    return [];
  }
  return 'block' in value || 'rescue' in value || 'always' in value
    ? loadBlock(context, cursor, scope)
    : loadTask(context, cursor, scope);
}

function loadBlock(context: Context, cursor: Cursor, scope: Scope): Node[] {
  const value = cursor.value as Mapping;
  if (scope.isHandler && (scope.isInHandlerBlock || 'rescue' in value || 'always' in value)) {
    report(context, positionOf(cursor), {
      code: 'unsupported-keyword',
      message: 'Using a block as a handler is not supported.',
      why: 'a handler is one task that is notified by its name; a block in a list of handlers only lends it keywords',
      fix: 'give each task the same `listen`, or include a task file',
    });
    return [];
  }
  const { own, others } = readKeywords(context, cursor, 'block');
  for (const key of others) chooseAction.reportInBlock(context, cursor, key);
  if (!('block' in value)) {
    const key = 'rescue' in value ? 'rescue' : 'always';
    report(context, keyPositionOf(child(cursor, key)), {
      code: 'missing-block',
      message: `\`${key}\` without \`block\``,
      why: `\`${key}\` says what happens after a block`,
      fix: 'add `block` with the tasks',
    });
  }
  const inside = scopeInside(scope, own);
  const part = (key: string, within = inside): Node[] => loadNodes(context, child(cursor, key), within);
  if (scope.isHandler) return part('block', { ...inside, isInHandlerBlock: true });
  const block: Block = {
    kind: 'block',
    id: nodeId(context, cursor),
    name: ownText(own, 'name') ?? '',
    position: positionOf(cursor),
    tasks: part('block', 'rescue' in value ? { ...inside, isRescued: true } : inside),
    rescue: part('rescue'),
    always: part('always'),
    keywords: inside.inherited,
    isRole: false,
    ...(scope.role !== undefined && { role: scope.role }),
  };
  return [block];
}

const hasDefaults = (scope: Scope, own: Own): boolean =>
  scope.inherited.moduleDefaults.length > 0 || own.has('module_defaults');

/** Has the author provided for the task's failure? */
const mayFail = (scope: Scope, own: Own): boolean =>
  scope.isRescued === true ||
  own.has('failed_when') ||
  ![undefined, false].includes((own.get('ignore_errors') ?? scope.inherited.ignoreErrors) as boolean | undefined);

/** `static`, which stood on includes from Ansible 2.1 to 2.11: are the tasks brought when the playbook is read? */
function readStatic(context: Context, cursor: Cursor, keys: readonly string[]): boolean | undefined {
  if (!keys.includes('static') || !keys.some((key) => /(?:^|\.)include(?:_tasks)?$/.test(key))) return undefined;
  const place = child(cursor, 'static');
  deprecate(context, keyPositionOf(place), 'static', 'import_tasks` or `include_tasks');
  return toFlag(context, place, 'static') === true;
}

function loadTask(context: Context, cursor: Cursor, scope: Scope): Node[] {
  const { own, others: all } = readKeywords(context, cursor, scope.isHandler ? 'handler' : 'task');
  const isStatic = readStatic(context, cursor, all);
  const others = isStatic === undefined ? all : all.filter((name) => name !== 'static');
  const key = chooseAction.ofTask(context, cursor, others);
  const loop = readLoop(context, cursor, others);
  if (key === undefined) return [];
  const action = readAction(context, {
    task: cursor,
    key,
    hasDefaults: hasDefaults(scope, own),
    mayFail: mayFail(scope, own),
  });
  if (action === undefined) return [];
  const { name } = action.description;
  const isOldInclude = action.includeVars !== undefined || /(?:^|\.)include$/.test(action.spelling);
  const file = action.args.file;
  const isPlain = isOldInclude && loop === undefined && typeof file === 'string' && !isTemplate(file);
  const isImport = name === 'import_tasks' || (name === 'include_tasks' && (isStatic ?? isPlain));
  if (isImport || name === 'import_role') warnAboutIdle(context, cursor, own);
  if (isImport) return importTasks(context, { cursor, own, action, scope, hasLoop: loop !== undefined });
  if (name === 'meta' && action.args.free_form === 'end_role' && (scope.isHandler || scope.role === undefined)) {
    report(context, action.position, {
      code: 'unsupported-keyword',
      message: `Cannot execute 'end_role' from ${scope.isHandler ? 'a handler' : 'outside of a role'}`,
    });
    return [];
  }
  if (name === 'meta' && scope.isHandler && action.args.free_form === 'flush_handlers') {
    report(context, action.position, {
      code: 'unsupported-keyword',
      message: 'flush_handlers cannot be used as a handler',
      fix: 'notify the handlers that are to run',
    });
    return [];
  }
  if ((name === 'include_role' || name === 'import_role') && scope.isHandler) {
    report(context, action.position, {
      code: 'unsupported-keyword',
      message: `Using '${action.spelling}' as a handler is not supported.`,
      fix: 'use include_tasks',
    });
    return [];
  }
  if (name === 'import_role') {
    return loop === undefined ? importRole(context, { own, action, scope }) : refuseLoop(context, cursor, name);
  }
  const isInclude = name === 'include_tasks' || name === 'include_role';
  if (isInclude && !isOldInclude) checkInclude(context, cursor, { own, action: name });
  return [makeTask(context, { cursor, own, action, scope, ...(loop !== undefined && { loop }) })];
}

function refuseLoop(context: Context, cursor: Cursor, action: string): Node[] {
  const include = action.replace('import', 'include');
  report(context, positionOf(cursor), {
    code: 'looped-import',
    message: `a loop on \`${action}\``,
    why: 'imports are read once, before any host is',
    fix: `use \`${include}\``,
  });
  return [];
}

function importTasks(context: Context, read: Read & { hasLoop: boolean }): Node[] {
  const { cursor, own, action } = read;
  if (read.hasLoop) return refuseLoop(context, cursor, 'import_tasks');
  if (typeof action.args.file !== 'string') return [];
  const inside = scopeInside(read.scope, own);
  const scope =
    action.includeVars === undefined ? inside : { ...inside, varsChain: [...inside.varsChain, action.includeVars] };
  const position = action.at(['file']);
  const name = staticText(
    context,
    { text: action.args.file, position, keyword: 'import_tasks', instead: 'include_tasks' },
    scope,
  );
  if (name === undefined) return [];
  const file = readTaskFile(context, { name, position, scope, isStatic: true });
  return file === undefined ? [] : loadNodes(context, file.cursor, file.scope);
}
