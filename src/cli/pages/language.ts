import { type Keyword, keywords } from '../../playbook/index.js';

const placesOf = ({ levels }: Keyword): string => levels.join(', ');

const refusalOf = ({ refused }: Keyword): string | undefined => refused;

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** docs/playbook-language.md: what of Ansible's playbook language there is, and what is refused by name. */
export function languagePage(): string {
  const supported = keywords.filter((keyword) => refusalOf(keyword) === undefined);
  const refused = keywords.filter((keyword) => refusalOf(keyword) !== undefined);
  return `# The playbook language

Made by \`npm run docs\` from \`src/playbook/keywords.ts\`. Names, precedence, defaults and meanings are Ansible's. What is
not supported is refused by name, with its place, before any host is touched; \`kprov validate\` says it offline.

- Tasks: [tasks.md](tasks.md). Short and \`ansible.builtin.\` names, \`module: {…}\` and \`module: key=value\`.
- Templates: Jinja2 with native types, evaluated here; values that come from a host are data and never expanded.
- Imports and includes: \`import_playbook\`, \`import_tasks\`, \`include_tasks\`, \`import_role\`, \`include_role\`, \`include_vars\`.
- Hosts run free by default, with waits only where something needs the others (see [architecture.md](architecture.md)).
  Ansible's default is \`strategy: linear\`; say so where hosts must go in step.

## Keywords

| Keyword | Stands on | Meaning |
| --- | --- | --- |
${supported
  .map((keyword) =>
    row([
      `\`${keyword.name}\``,
      placesOf(keyword),
      `${keyword.description}${keyword.choices ? ` One of ${keyword.choices.join(', ')}.` : ''}`,
    ]),
  )
  .join('\n')}

## Refused

| Keyword | Why |
| --- | --- |
${refused.map((keyword) => row([`\`${keyword.name}\``, `${refusalOf(keyword)}.`])).join('\n')}
`;
}
