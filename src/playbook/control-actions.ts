/** Actions of the loader and the engine whose text after the name is one word or file, not a command line. */
export const controlActions: ReadonlySet<string> = new Set([
  'meta',
  'include_tasks',
  'import_tasks',
  'include_role',
  'import_role',
  'include_vars',
  'import_playbook',
]);
