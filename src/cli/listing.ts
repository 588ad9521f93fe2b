import { isSelected, renderedTags, type TagSelection } from '../engine/index.js';
import { type Inventory, matchHosts } from '../inventory/index.js';
import { type Play, tasksOf } from '../playbook/index.js';
import type { Value } from '../values/index.js';

export interface ListingOptions {
  tasks: boolean;
  tags: boolean;
  hosts: boolean;
  selection: TagSelection;
  limit: readonly string[];
  /** Renders a template with the variables that are known before any host is: the play's and extra vars. */
  render(text: string, play: Play): Value;
}

export const patternsOf = (play: Play): string[] => (Array.isArray(play.hosts) ? play.hosts : [play.hosts]).map(String);

const tagList = (tags: readonly string[]): string => `[${[...new Set(tags)].sort().join(', ')}]`;

/** What `ansible-playbook --list-tasks --list-hosts --list-tags` prints. */
export function renderListing(
  files: readonly string[],
  plays: readonly Play[],
  inventory: Inventory,
  options: ListingOptions,
): string {
  const lines = ['', `playbook: ${files.join(', ')}`];
  for (const [index, play] of plays.entries()) {
    const patterns = patternsOf(play);
    lines.push('', `  play #${index + 1} (${patterns.join(',')}): ${play.name}\tTAGS: ${tagList(play.keywords.tags)}`);
    if (options.hosts) {
      const { hosts } = matchHosts(inventory, patterns, [...options.limit]);
      lines.push(
        `    pattern: [${patterns.map((pattern) => `'${pattern}'`).join(', ')}]`,
        `    hosts (${hosts.length}):`,
      );
      lines.push(...hosts.map((host) => `      ${host}`));
    }
    const tasks = tasksOf(play).map((task) => ({
      ...task,
      tags: renderedTags(task.tags, (tag) => options.render(tag, play)),
    }));
    const selected = tasks.filter(({ tags }) => isSelected(tags, options.selection));
    if (options.tasks) {
      lines.push('    tasks:');
      for (const task of selected) {
        const name = task.role ? `${task.role.name} : ${task.name}` : task.name;
        lines.push(`      ${name}\tTAGS: ${tagList(task.tags)}`);
      }
    }
    if (options.tags) lines.push(`      TASK TAGS: ${tagList(selected.flatMap(({ tags }) => tags))}`);
  }
  return lines.join('\n');
}
