import { type Filter, filter } from '../runtime/callables.js';

/** Tests of Ansible's that up to 2.8 could be written as filters: `when: result|failed`. */
const names = `abs any all change changed directory exists failed failure file finished is_abs is_dir is_exists is_file
  is_link is_mount is_same_file isnan issubset issuperset link link_exists match mount nan regex same_file search skip
  skipped started subset succeeded success superset version version_compare`;

/** Each is said to be old once. */
export function testsAsFilters(
  taken: ReadonlySet<string>,
  onDeprecated: (message: string) => void,
): Iterable<[string, Filter]> {
  const told = new Set<string>();
  return names
    .split(/\s+/)
    .filter((name) => !taken.has(name))
    .map((name) => [
      name,
      filter('* **', (value, _, { rest, extra, context }) => {
        if (!told.has(name)) {
          told.add(name);
          onDeprecated(
            `the test \`${name}\` used as a filter is an old spelling: write \`is ${name}\`, not \`| ${name}\``,
          );
        }
        return context.applyTest(name, value, rest, extra);
      }),
    ]);
}
