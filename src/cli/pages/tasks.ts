import { refusedModules, type Task, tasks } from '../../tasks/index.js';
import { documentation } from '../commands/doc.js';

const byName = (a: Task, b: Task): number => (a.name < b.name ? -1 : 1);

/** docs/tasks.md: every task as `kprov doc` shows it. */
export function tasksPage(): string {
  const sorted = [...tasks].sort(byName);
  const contents = sorted.map((task) => `- [${task.name}](#${task.name}): ${task.summary}`).join('\n');
  const parts = sorted.map((task) => `## ${task.name}\n\n\`\`\`\n${documentation(task)}\n\`\`\``);
  const refused = refusedModules().map(([name, why]) => `- \`${name}\`: ${why}`);
  return `# Tasks\n\nMade by \`npm run docs\` from the definitions in \`src/tasks\`; \`kprov doc NAME\` shows the same.\n\n${contents}\n\n${parts.join('\n\n')}\n\n## Refused by name\n\nModules of Ansible's that kprov does not run, and what to write instead.\n\n${refused.join('\n')}\n`;
}
