import { statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { KprovError } from '../../errors/index.js';
import type { Variable, Variables } from '../../template/index.js';
import { fieldsOf, formatDate } from '../../template/python/calendar.js';
import { DateTime } from '../../template/python/datetime.js';

/** What is rendered, and where to. */
export interface RenderedFile {
  /** Absolute path of the template. */
  path: string;
  /** As the task names it. */
  src: string;
  dest: string | undefined;
  /** `ansible_managed` of ansible.cfg. */
  managed: string;
}

/** Local time, as Python has it without a zone. */
const fieldsAt = (at: Date) => fieldsOf(at.getTime() - at.getTimezoneOffset() * 60_000);

const names: Readonly<Record<string, string>> = { host: 'template_host', uid: 'template_uid', file: 'template_path' };

/**
 * The text of `ansible_managed` as a template: codes of strftime stand for the time at which the template was changed,
 * `{file}`, `{uid}` and `{host}` for variables, so that nothing in a file's name is expanded. Throws KprovError.
 */
function managedText(text: string, changed: Date): string {
  const filled = text.replaceAll(/\{\{|\}\}|\{(\w*)\}/g, (whole, name: string | undefined) => {
    if (name === undefined) return whole.charAt(0);
    const variable = Object.hasOwn(names, name) ? names[name] : undefined;
    if (variable !== undefined) return `{{ ${variable} }}`;
    throw new KprovError('bad-setting', `ansible_managed: there is no {${name}}`, {
      why: `there are ${Object.keys(names).join(', ')}`,
    });
  });
  return formatDate(filled, fieldsAt(changed));
}

function ownerName(uid: number | undefined): string {
  const self = userInfo();
  return uid === self.uid ? self.username : String(uid ?? '');
}

const data = (value: unknown): Variable => ({ value, template: false });

/** `template_path` and its like: what the template module says about the file, for headers. */
export function withTemplateVariables(variables: Variables, file: RenderedFile): Variables {
  const { path, src, dest, managed } = file;
  const stat = () => statSync(path, { throwIfNoEntry: false });
  const changed = () => stat()?.mtime ?? new Date(0);
  const own: Readonly<Record<string, () => Variable>> = {
    template_host: () => data(hostname()),
    template_path: () => data(src),
    template_fullpath: () => data(path),
    template_destpath: () => data(dest ?? null),
    template_uid: () => data(ownerName(stat()?.uid)),
    template_mtime: () => data(new DateTime(fieldsAt(changed()))),
    template_run_date: () => data(new DateTime(fieldsAt(new Date()))),
    ansible_managed: () => ({ value: managedText(managed, changed()), template: true }),
  };
  return {
    get: (name) => (Object.hasOwn(own, name) ? own[name]?.() : undefined) ?? variables.get(name),
    names: () => [...Object.keys(own), ...variables.names()],
  };
}
