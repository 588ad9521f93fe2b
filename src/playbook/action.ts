import type { Position } from '../errors/index.js';
import { escapePattern, isMapping, type Mapping, mapping } from '../values/index.js';
import type { Path } from '../yaml/index.js';
import { builtin, findAction, reportUnknownAction } from './action-names.js';
import type { TaskDescription } from './catalogue.js';
import { type Context, type Cursor, child, deprecate, keyPositionOf, positionOf, report, warn } from './context.js';
import { controlActions } from './control-actions.js';
import { type Draft, put, putArgs, putMapping, putText, putValue, settleFreeText } from './draft.js';
import { lackOf } from './include-rules.js';
import { splitArguments, UnbalancedError } from './key-value.js';
import { mendOldArguments } from './old-arguments.js';
import { checkTemplates } from './templates.js';
import { checkModeNumber, checkVariableName, checkVersionNumber } from './variables.js';
import { describe, isTemplate } from './words.js';

/** Which action a task has, with which arguments. */
export interface Action {
  description: TaskDescription;
  /** As the user spelt it. */
  spelling: string;
  args: Mapping;
  variableArgs?: string;
  isText?: true;
  /** What `local_action` says. */
  delegateTo?: 'localhost';
  position: Position;
  at(path: Path): Position;
  /** Each argument's value in its document; the whole text for `key=value`. */
  places: ReadonlyMap<string, Cursor>;
  /** Words of an old-style `include: file a=1` that are variables. */
  includeVars?: Mapping;
}

/** Where an argument, or a part of it, stands: in `key=value` text at the word. */
function placeOf(places: ReadonlyMap<string, Cursor>, path: Path, otherwise: Position): Position {
  const [name, ...rest] = path;
  const cursor = name === undefined ? undefined : places.get(String(name));
  if (cursor === undefined) return otherwise;
  if (cursor.path.at(-1) === name)
    return rest.length === 0 ? positionOf(cursor) : cursor.document.at([...cursor.path, ...rest]);
  const whole = positionOf(cursor);
  const text = String(cursor.value);
  const at = text.search(new RegExp(`(?<![^\\s])${escapePattern(String(name))}=`));
  const isPlain = whole.length === text.length;
  const word = /^[^\s]*/.exec(text.slice(at))?.[0] ?? '';
  return at < 0 || !isPlain ? whole : { ...whole, column: whole.column + at, length: word.length };
}

/** The key itself, for an unknown parameter. */
function keyPlaceOf(action: Action, name: string): Position {
  const cursor = action.places.get(name);
  return cursor !== undefined && cursor.path.at(-1) === name ? keyPositionOf(cursor) : action.at([name]);
}

function checkFactNames(context: Context, action: Action): void {
  const names = Object.keys(action.args).filter((name) => name !== 'cacheable');
  for (const name of names) if (!isTemplate(name)) checkVariableName(context, keyPlaceOf(action, name), name);
  if (names.length > 0 || action.variableArgs !== undefined) return;
  report(context, action.position, {
    code: 'missing-parameter',
    message: '`set_fact` without variables',
    fix: 'write `set_fact: {name: value}`',
  });
}

interface Source {
  /** The task. */
  task: Cursor;
  /** The key that names or holds the action. */
  key: string;
  hasDefaults: boolean;
  mayFail: boolean;
}

/** Wrong arguments where the task's failure is provided for make it fail when its turn comes, as in Ansible. */
function checkArguments(context: Context, action: Action, { task, hasDefaults, mayFail }: Source): void {
  const isControl = controlActions.has(action.description.name);
  const tell = mayFail && !isControl ? warn : report;
  const problems = isTemplate(action.description.name) ? [] : context.checker.check(action.description, action.args);
  for (const problem of problems) {
    const { path, isMissing, ...words } = problem;
    if (isMissing && (action.variableArgs !== undefined || hasDefaults)) continue;
    const lack = isMissing && lackOf(action);
    if (lack) {
      report(context, positionOf(task), { ...words, message: lack });
      continue;
    }
    const isKey = problem.code === 'unknown-parameter' && path.length === 1;
    // The text that settleFreeText has told of.
    if (isKey && path[0] === '_raw_params' && tell === warn) continue;
    const place = isKey ? keyPlaceOf(action, String(path[0])) : path.length > 0 ? action.at(path) : action.position;
    tell(context, place, { ...words, ...(!isControl && { failsTask: true }) });
  }
  if (action.description.name === 'set_fact') checkFactNames(context, action);
  for (const name of Object.keys(action.args)) {
    if (!name.startsWith('_ansible_')) continue;
    report(context, keyPlaceOf(action, name), {
      code: 'reserved-parameter',
      message: `Invalid parameter specified beginning with keyword '_ansible_' for action '${action.spelling}': '${name}'`,
      why: "The prefix '_ansible_' is reserved for internal use only.",
    });
  }
  for (const [name, place] of action.places) {
    if (place.path.at(-1) !== name) continue;
    checkVersionNumber(context, place, name);
    checkModeNumber(context, place, name);
  }
  for (const place of new Set(action.places.values())) checkTemplates(context, place);
}

/** `action: copy src=a` and `action: {module: copy, src: a}`. */
function readOldForm(context: Context, source: Source): { spelling: string; draft: Draft; place: Cursor } | undefined {
  const cursor = child(source.task, source.key);
  const draft: Draft = { args: mapping(), places: new Map() };
  const text = isMapping(cursor.value) ? cursor.value.module : cursor.value;
  if (typeof text !== 'string' || text.trim() === '') {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `\`${source.key}\` is ${describe(cursor.value)}`,
      why: 'expected the name of a task with its arguments, or a mapping with `module`',
    });
    return undefined;
  }
  let words: string[];
  try {
    words = splitArguments(text.trimStart());
  } catch (error) {
    if (!(error instanceof UnbalancedError)) throw error;
    words = [text.trim().split(/\s/)[0] ?? '', text];
  }
  const spelling = (words[0] ?? '').trim();
  putArgs(context, draft, child(source.task, 'args'));
  if (isMapping(cursor.value)) {
    for (const [key, value] of Object.entries(cursor.value)) {
      if (key === 'module') continue;
      if (key === 'args' && isMapping(value)) putMapping(draft, child(cursor, 'args'));
      else put(draft, key, value, child(cursor, key));
    }
  }
  const place = isMapping(cursor.value) ? child(cursor, 'module') : cursor;
  const rest = words.slice(1).join(' ');
  const isCommand =
    findAction(context, spelling)?.freeForm !== undefined && !controlActions.has(spelling.replace(builtin, ''));
  if (rest !== '') putText(context, draft, { text: rest, cursor: place, isCommand });
  return { spelling, draft, place };
}

/** `action: "{{ … }}"`: which task it is, and whether its arguments are right, shows when its turn comes. */
const laterKnown = (name: string): TaskDescription => ({ name, parameters: {}, schema: {} });

/** Reads and checks the action under a key of a task. */
export function readAction(context: Context, source: Source): Action | undefined {
  const isOld = source.key === 'action' || source.key === 'local_action';
  const old = isOld ? readOldForm(context, source) : undefined;
  if (isOld && old === undefined) return undefined;
  const spelling = old?.spelling ?? source.key;
  const key = child(source.task, source.key);
  const position = old === undefined ? keyPositionOf(key) : positionOf(old.place);
  const description =
    findAction(context, spelling) ?? (isOld && isTemplate(spelling) ? laterKnown(spelling) : undefined);
  if (description === undefined) {
    reportUnknownAction(context, spelling, position);
    return undefined;
  }
  if (description.name === 'import_playbook') {
    report(context, position, {
      code: 'misplaced-keyword',
      message: '`import_playbook` among tasks',
      why: 'it brings plays, and a play cannot stand in another',
      fix: 'put it beside the plays, or use `import_tasks` for a file of tasks',
    });
    return undefined;
  }
  const draft: Draft = old?.draft ?? { args: mapping(), places: new Map() };
  if (old === undefined) {
    putArgs(context, draft, child(source.task, 'args'));
    putValue(context, draft, { cursor: key, description });
  }
  const includeVars = settleFreeText(context, draft, { description, spelling, mayFail: source.mayFail });
  mendOldArguments(context, draft, description);
  if (spelling.replace(builtin, '') === 'include')
    deprecate(context, position, 'include', 'include_tasks` or `import_tasks');
  const places = draft.places;
  const action: Action = {
    description,
    spelling,
    args: draft.args,
    ...(draft.isText && { isText: true }),
    ...(draft.variableArgs !== undefined && { variableArgs: draft.variableArgs }),
    ...(source.key === 'local_action' && { delegateTo: 'localhost' as const }),
    ...(includeVars !== undefined && { includeVars }),
    position,
    at: (path) => placeOf(places, path, position),
    places,
  };
  checkArguments(context, action, { ...source, hasDefaults: source.hasDefaults || draft.isBroken === true });
  return action;
}
