import type { Value } from '../../values/index.js';

export interface TagSelection {
  /** `--tags`; empty means all. */
  only: readonly string[];
  /** `--skip-tags`. */
  skip: readonly string[];
}

/** Tags with their templates filled in: each may give one, several with commas between them, or a list. */
export function renderedTags(tags: readonly string[], render: (text: string) => Value): readonly string[] {
  if (!tags.some((tag) => tag.includes('{{'))) return tags;
  return tags.flatMap((tag) => {
    const value = tag.includes('{{') ? render(tag) : tag;
    return [value].flat().flatMap((each) =>
      String(each)
        .split(',')
        .map((word) => word.trim()),
    );
  });
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
