export interface TagSelection {
  /** `--tags`; empty means all. */
  only: readonly string[];
  /** `--skip-tags`. */
  skip: readonly string[];
}

/** Does a task with these tags run? Ansible's rules for all, tagged, untagged, always and never. */
export function isSelected(taskTags: readonly string[], { only, skip }: TagSelection): boolean {
  const tags = new Set(taskTags.length === 0 ? ['untagged'] : taskTags);
  const isTagged = taskTags.length > 0;
  const isWanted =
    tags.has('always') ||
    ((only.length === 0 || only.includes('all')) && !tags.has('never')) ||
    only.some((tag) => tags.has(tag)) ||
    (only.includes('tagged') && isTagged && !tags.has('never'));
  if (!isWanted) return false;
  if (skip.includes('all')) return tags.has('always') && !skip.includes('always');
  return !skip.some((tag) => tags.has(tag)) && !(skip.includes('tagged') && isTagged);
}
