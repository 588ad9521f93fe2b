import { posix } from 'node:path';
import type { Evaluation } from './contracts.js';

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/**
 * The text of a template that another one, or a lookup, names. It is looked for where the task's files are
 * (`ansible_search_path`), in `templates/` first, then beside the template that is being rendered.
 */
export function templateSource(evaluation: Evaluation, name: string): string | undefined {
  const load = evaluation.engine.options.loadTemplate;
  if (load === undefined) return undefined;
  const places = posix.isAbsolute(name) ? [] : texts(evaluation.variables.get('ansible_search_path')?.value);
  const beside = evaluation.source === undefined ? [] : [posix.dirname(evaluation.source)];
  const folders = [...places.flatMap((place) => [posix.join(place, 'templates'), place]), ...beside];
  for (const candidate of [...folders.map((folder) => posix.join(folder, name)), name]) {
    const text = load(candidate);
    if (text !== undefined) return text;
  }
  return undefined;
}
