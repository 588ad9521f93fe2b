import type { Filter } from '../runtime/callables.js';
import { basicFilters } from './basic.js';
import { combinationFilters } from './combinations.js';
import { dateFilters } from './dates.js';
import { dictFilters } from './dicts.js';
import { encodingFilters } from './encodings.js';
import { jsonFilters } from './json.js';
import { listFilters } from './lists.js';
import { networkFilters } from './network.js';
import { pathFilters } from './paths.js';
import { queryFilters } from './queries.js';
import { randomFilters } from './random.js';
import { refusedFilters } from './refused.js';
import { regexFilters } from './regexes.js';
import { sizeFilters } from './sizes.js';
import { textFilters } from './texts.js';
import { urlFilters } from './urls.js';
import { yamlFilters } from './yaml.js';

const aliases: Readonly<Record<string, string>> = { d: 'default', count: 'length', e: 'escape', forceescape: 'escape' };

/** Every filter that is built in: Jinja2's and Ansible's. A new one goes into the table of its kind. */
export function builtinFilters(): Map<string, Filter> {
  const all = new Map<string, Filter>();
  for (const table of [
    basicFilters,
    listFilters,
    combinationFilters,
    dictFilters,
    textFilters,
    regexFilters,
    jsonFilters,
    yamlFilters,
    encodingFilters,
    pathFilters,
    urlFilters,
    sizeFilters,
    dateFilters,
    networkFilters,
    queryFilters,
    randomFilters,
    refusedFilters,
  ]) {
    for (const [name, filter] of Object.entries(table)) all.set(name, filter);
  }
  for (const [alias, name] of Object.entries(aliases)) {
    const filter = all.get(name);
    if (filter !== undefined) all.set(alias, filter);
  }
  return all;
}
