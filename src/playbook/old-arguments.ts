import { isMapping, mapping, parseBoolean, type Value } from '../values/index.js';
import type { TaskDescription } from './catalogue.js';
import { type Context, type Cursor, deprecate, keyPositionOf, positionOf, warn } from './context.js';
import { controlActions } from './control-actions.js';
import { type Draft, put } from './draft.js';

/** Values that Ansible took in its day: task → argument → old value → what it is now. */
const values: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  apt: { state: { installed: 'present', removed: 'absent' } },
  package: { state: { installed: 'present', removed: 'absent' } },
  service: { state: { running: 'started' } },
  systemd: { state: { running: 'started' } },
  sysvinit: { state: { running: 'started' } },
};

/** The opposite of what was written, be it a template. */
function negated(value: Value): Value {
  const [, expression] = /^\s*\{\{(.*)\}\}\s*$/s.exec(typeof value === 'string' ? value : '') ?? [];
  if (expression !== undefined) return `{{ not (${expression} | bool) }}`;
  const flag = parseBoolean(value);
  return flag === undefined ? value : !flag;
}

/** Arguments that have another name, and perhaps another form, by now. */
const renamed: Readonly<Record<string, Readonly<Record<string, readonly [string, (value: Value) => Value]>>>> = {
  fetch: { validate_md5: ['validate_checksum', (value) => value] },
  unarchive: { copy: ['remote_src', negated] },
  get_url: { sha256sum: ['checksum', (value) => `sha256:${String(value)}`] },
};

/** Arguments that do nothing any more. */
const idle: Readonly<Record<string, readonly string[]>> = { stat: ['get_md5'] };

const placeOf = (place: Cursor) => (isMapping(place.value) ? keyPositionOf(place) : positionOf(place));

function drop(context: Context, draft: Draft, name: string, { name: task }: TaskDescription): void {
  const place = draft.places.get(name);
  if (place === undefined) return;
  delete draft.args[name];
  warn(context, placeOf(place), {
    code: 'deprecated',
    message: `\`${name}\` of \`${task}\` does nothing any more`,
    fix: 'remove it',
  });
}

/** Puts arguments of earlier days into today's words, with a note each. */
export function mendOldArguments(context: Context, draft: Draft, description: TaskDescription): void {
  const { name, parameters } = description;
  const runsWords = description.freeForm !== undefined && !controlActions.has(name);
  const gone = [...(idle[name] ?? []), ...(runsWords ? ['warn'] : [])];
  for (const argument of gone) if (!(argument in parameters)) drop(context, draft, argument, description);
  for (const [old, [now, change]] of Object.entries(renamed[name] ?? {})) {
    const place = draft.places.get(old);
    const value = draft.args[old];
    if (place === undefined || value === undefined || old in parameters) continue;
    deprecate(context, placeOf(place), `${old} of ${name}`, now);
    delete draft.args[old];
    draft.places.delete(old);
    if (!(now in draft.args)) put(draft, now, change(value), place);
  }
  for (const [argument, words] of Object.entries(values[name] ?? {})) {
    const value = draft.args[argument];
    const now = typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;
    const place = draft.places.get(argument);
    if (now === undefined || place === undefined) continue;
    deprecate(context, placeOf(place), `${argument}=${String(value)} of ${name}`, `${argument}=${now}`);
    draft.args = mapping({ ...draft.args, [argument]: now });
  }
}
