import { nearest } from '../errors/index.js';
import { refusalOf } from '../tasks/index.js';
import { isMapping } from '../values/index.js';
import { actionNames, findAction, reportUnknownAction } from './action-names.js';
import { type Context, type Cursor, child, keyPositionOf, positionOf, report } from './context.js';
import { keywordsOf } from './keywords.js';
import { suggestion } from './words.js';

const isAction = (context: Context, key: string): boolean =>
  key === 'action' || key === 'local_action' || findAction(context, key) !== undefined;

/** Beside an action: a misspelt keyword, a parameter at the wrong indentation, or nothing that is known. */
function reportUnknownKeyword(
  context: Context,
  cursor: Cursor,
  found: { key: string; action: string | undefined },
): void {
  const { key, action } = found;
  const description = action === undefined ? undefined : findAction(context, action);
  const parameters = Object.entries(description?.parameters ?? {}).flatMap(([name, { aliases }]) => [name, ...aliases]);
  const isParameter = parameters.includes(key);
  const playOnly = keywordsOf('play').get(key);
  report(context, keyPositionOf(child(cursor, key)), {
    code: 'unknown-keyword',
    message: `unknown keyword \`${key.slice(0, 80)}\` of a task`,
    ...(isParameter && { why: `it is a parameter of \`${action}\`` }),
    ...(!isParameter && playOnly !== undefined && { why: 'it is a keyword of plays' }),
    fix: isParameter
      ? `indent it under \`${action}\``
      : (suggestion(key, keywordsOf('task').keys()) ??
        (action === undefined ? undefined : 'remove it, or put it where it belongs')),
  });
}

/** The key that holds a task's one action; reports none, several, and keys that are neither action nor keyword. */
function ofTask(context: Context, cursor: Cursor, others: readonly string[]): string | undefined {
  const value = isMapping(cursor.value) ? cursor.value : {};
  const keys = [...['action', 'local_action'].filter((key) => value[key] !== undefined), ...others].filter(
    (key) => !key.startsWith('with_'),
  );
  const actions = keys.filter((key) => isAction(context, key));
  const unknown = keys.filter((key) => !actions.includes(key));
  const [first, second] = actions;
  if (second !== undefined) {
    report(context, keyPositionOf(child(cursor, second)), {
      code: 'two-actions',
      message: `two actions in one task: ${actions.map((key) => `\`${key}\``).join(' and ')}`,
      why: 'a task does one thing',
      fix: 'make two tasks of it; each begins with `- `',
    });
  }
  if (first !== undefined) {
    for (const key of unknown) reportUnknownKeyword(context, cursor, { key, action: first });
    return second === undefined ? first : undefined;
  }
  const keywords = [...keywordsOf('task').keys()];
  const names = actionNames(context);
  // With no action at all, the keys that are nearer to an action than to a keyword were meant to be it.
  const meant = unknown.filter(
    (key) =>
      refusalOf(key) !== undefined ||
      nearest(key, [...keywords, ...names]) === undefined ||
      nearest(key, names) !== undefined,
  );
  for (const key of unknown) {
    if (unknown.length === 1 || meant.includes(key))
      reportUnknownAction(context, key, keyPositionOf(child(cursor, key)));
    else reportUnknownKeyword(context, cursor, { key, action: undefined });
  }
  if (unknown.length === 0) {
    report(context, positionOf(cursor), {
      code: 'no-action',
      message: 'a task that does nothing',
      why: 'no key of it names an action such as `copy`, `command` or `service`',
      fix: 'add one, or remove the task',
    });
  }
  return undefined;
}

function reportInBlock(context: Context, cursor: Cursor, key: string): void {
  const action = isAction(context, key);
  const isTaskKeyword = keywordsOf('task').has(key) || key.startsWith('with_');
  report(context, keyPositionOf(child(cursor, key)), {
    code: action ? 'two-actions' : 'unknown-keyword',
    message: action ? `the task \`${key}\` beside a \`block\`` : `unknown keyword \`${key.slice(0, 80)}\` of a block`,
    ...(isTaskKeyword && { why: 'it works on tasks only' }),
    fix: action
      ? 'put it into the block, or make a task of its own of it'
      : isTaskKeyword
        ? 'put it on the tasks; to loop over several, use include_tasks'
        : suggestion(key, keywordsOf('block').keys()),
  });
}

export const chooseAction = { ofTask, reportInBlock };
