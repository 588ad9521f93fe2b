import { posix } from 'node:path';
import { isMapping, type Value } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, readDocument, report } from './context.js';
import { toVars } from './convert.js';
import { checkTemplates } from './templates.js';
import { describe, isTemplate, suggestion } from './words.js';

/** Where a file of `vars_files` may be, first match first. */
export function varsFilePlaces(directory: string, name: string): string[] {
  return posix.isAbsolute(name) ? [name] : [posix.join(directory, 'vars', name), posix.join(directory, name)];
}

function checkContent(context: Context, file: string): void {
  const document = readDocument(context, file);
  if (document === undefined || document.value === null) return;
  const cursor: Cursor = { value: document.value, document, path: [] };
  if (isMapping(document.value)) {
    toVars(context, cursor);
    return;
  }
  report(context, positionOf(cursor), {
    code: 'wrong-type',
    message: `a file of variables that holds ${describe(document.value)}`,
    why: 'expected a mapping',
  });
}

/** A file whose name is known must be there; of a list the first that exists counts. */
function checkFile(context: Context, cursor: Cursor, directory: string): void {
  const names = [cursor.value].flat() as string[];
  if (names.some(isTemplate)) return;
  const places = names.flatMap((name) => varsFilePlaces(directory, name));
  const file = places.find((place) => context.options.files.kind(place) === 'file');
  if (file !== undefined) {
    checkContent(context, file);
    return;
  }
  const known = [directory, posix.join(directory, 'vars')].flatMap(
    (folder) => context.options.files.list(folder) ?? [],
  );
  report(context, positionOf(cursor), {
    code: 'missing-file',
    message: names.length === 1 ? `no file \`${names[0]}\`` : 'none of these files is there',
    why: `looked at ${places.join(', ')}`,
    fix: suggestion(posix.basename(names[0] ?? ''), known),
  });
}

/** The entries of `vars_files`: names, or lists of names. Those that can be checked are. */
export function readVarsFiles(context: Context, cursor: Cursor, directory: string): Value[] {
  const list = Array.isArray(cursor.value) ? cursor.value.map((_, index) => child(cursor, index)) : [cursor];
  const entries: Value[] = [];
  for (const item of list) {
    const { value } = item;
    if (value === null) continue;
    checkTemplates(context, item);
    if (typeof value === 'string' || (Array.isArray(value) && value.every((name) => typeof name === 'string'))) {
      checkFile(context, item, directory);
      entries.push(value);
      continue;
    }
    report(context, positionOf(item), {
      code: 'wrong-type',
      message: `a file of variables that is ${describe(value)}`,
      why: 'expected its name, or a list of names of which the first that exists counts',
    });
  }
  return entries;
}
