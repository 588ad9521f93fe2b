import type { Action } from './action.js';
import { type Context, type Cursor, child, keyPositionOf, report, warn } from './context.js';
import type { Own } from './inherit.js';
import { fields } from './make-task.js';

/** What Ansible accepts beside the action on include_tasks and include_role; anything else must stand under `apply`. */
const besideInclude = new Set(
  'action args collections ignore_errors local_action loop loop_control name no_log notify register run_once tags timeout vars when listen'.split(
    ' ',
  ),
);

/** Reports keywords that would count for the include itself. */
export function checkInclude(context: Context, cursor: Cursor, found: { own: Own; action: string }): void {
  for (const key of found.own.keys()) {
    if (besideInclude.has(key)) continue;
    report(context, keyPositionOf(child(cursor, key)), {
      code: 'misplaced-keyword',
      message: `\`${key}\` does not work on \`${found.action}\``,
      why: 'it would count for the include itself, which runs nothing on the host',
      fix: `put it under \`apply\` of \`${found.action}\``,
    });
  }
}

/** An include or import that does not say what it brings: in Ansible's words, which scripts look for. */
export function lackOf({ description, spelling }: Action): string | undefined {
  if (/^(?:include|import)_tasks$/.test(description.name)) return `No file specified for ${spelling}`;
  if (/^(?:include|import)_role$/.test(description.name)) return `'name' is a required field for ${spelling}.`;
  return undefined;
}

/** What an import neither does itself nor hands down. */
export function warnAboutIdle(context: Context, cursor: Cursor, own: Own): void {
  for (const key of [...Object.keys(fields), 'register']) {
    if (!own.has(key)) continue;
    warn(context, keyPositionOf(child(cursor, key)), {
      code: 'idle-keyword',
      message: `\`${key}\` does nothing on an import`,
      why: 'an import is replaced by the tasks it brings',
      fix: 'put it on those tasks, or include instead of importing',
    });
  }
}
