export interface TagSelection {
  /** `--tags`; empty means all. */
  only: readonly string[];
  /** `--skip-tags`. */
  skip: readonly string[];
}

const matches = (wanted: string, tags: ReadonlySet<string>): boolean => {
  if (wanted === 'all') return true;
  if (wanted === 'tagged') return [...tags].some((tag) => tag !== 'always' && tag !== 'never');
  if (wanted === 'untagged') return tags.size === 0;
  return tags.has(wanted);
};

/** Does a task with these tags run? Ansible's rules for all, tagged, untagged, always and never. */
export function isSelected(taskTags: readonly string[], selection: TagSelection): boolean {
  const tags = new Set(taskTags);
  const only = selection.only.length === 0 ? ['all'] : selection.only;
  const named = only.some((wanted) => wanted !== 'all' && matches(wanted, tags));
  let selected = named || (only.includes('all') && !tags.has('never'));
  if (tags.has('always') && !selected) selected = !tags.has('never');
  if (!selected) return false;
  return !selection.skip.some((unwanted) =>
    unwanted === 'all' ? !(tags.has('always') && !selection.skip.includes('always')) : matches(unwanted, tags),
  );
}
