import type { Position } from '../errors/index.js';
import { refusalOf } from '../tasks/index.js';
import type { TaskDescription } from './catalogue.js';
import { type Context, report } from './context.js';
import { keywordsOf } from './keywords.js';
import { suggestion } from './words.js';

export const builtin = /^ansible\.(?:builtin|legacy)\./;

export const findAction = (context: Context, name: string): TaskDescription | undefined =>
  context.options.catalogue.find(name.replace(/^((?:ansible\.(?:builtin|legacy)\.)?)include$/, '$1include_tasks'));

export const actionNames = (context: Context): string[] => context.options.catalogue.names();

/** Says that there is no such task; where it looks like a keyword, names that. */
export function reportUnknownAction(context: Context, name: string, position: Position): void {
  const collection = /^[a-z_]\w*\.[a-z_]\w*\./.exec(name)?.[0];
  const short = collection === undefined ? undefined : name.slice(collection.length);
  const replacement =
    short !== undefined && findAction(context, short) !== undefined ? `did you mean \`${short}\`?` : undefined;
  const refusal = replacement === undefined ? refusalOf(name) : undefined;
  if (refusal !== undefined) {
    report(context, position, {
      code: 'refused-task',
      message: `kprov does not run the module \`${name.slice(0, 80)}\``,
      why: refusal.why,
      fix: refusal.fix ?? 'docs/tasks.md lists what is refused; a task of your own goes into library/',
    });
    return;
  }
  const known = [...actionNames(context), ...keywordsOf('task').keys()];
  report(context, position, {
    code: 'unknown-task',
    message: `there is no task \`${name.slice(0, 80)}\``,
    why:
      collection === undefined
        ? 'it is none of kprov, and no `library/` has a module of the name'
        : `kprov does not run modules of \`${collection.slice(0, -1)}\``,
    fix: replacement ?? suggestion(name, known) ?? 'kprov doc lists the tasks there are',
  });
}
