import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Variables } from '../../template/index.js';
import type { Value } from '../../values/index.js';

const instant = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', '');

/** `template_path` and its like: what the template module says about the file, for headers. */
export function withTemplateVariables(variables: Variables, path: string): Variables {
  const own: Readonly<Record<string, () => Value>> = {
    template_host: () => hostname(),
    template_path: () => path,
    template_fullpath: () => path,
    template_uid: () => String(statSync(path, { throwIfNoEntry: false })?.uid ?? ''),
    template_mtime: () => instant(statSync(path, { throwIfNoEntry: false })?.mtime ?? new Date(0)),
    template_run_date: () => instant(new Date()),
  };
  return {
    get: (name) => {
      const make = Object.hasOwn(own, name) ? own[name] : undefined;
      return make ? { value: make(), template: false } : variables.get(name);
    },
    names: () => variables.names(),
  };
}
