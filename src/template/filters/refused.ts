import { TemplateError } from '../errors.js';
import { type Filter, filter } from '../runtime/callables.js';

const reasons: Readonly<Record<string, string>> = {
  win_basename: 'Windows is not supported',
  win_dirname: 'Windows is not supported',
  win_splitdrive: 'Windows is not supported',
  vault: 'there is no vault here',
  unvault: 'there is no vault here',
  vaulted: 'there is no vault here',
  password_hash: 'hashing of passwords is not supported yet',
  fileglob: 'it looks at files, which are not here',
  urlize: 'it makes HTML links, which is of no use here',
  pprint: 'use to_nice_json or to_nice_yaml',
};

/** Filters that Ansible has and we have not: an error by name, with the reason. */
export const refusedFilters: Readonly<Record<string, Filter>> = Object.fromEntries(
  Object.entries(reasons).map(([name, why]) => [
    name,
    filter('* **', () => {
      throw new TemplateError(`the filter '${name}' is not supported: ${why}`, { code: 'unsupported-filter', why });
    }),
  ]),
);
