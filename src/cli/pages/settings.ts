import { harmlessSections } from '../settings/harmless.js';
import type { Setting } from '../settings/setting.js';
import { settings } from '../settings/table.js';

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ');

const places = ({ ini, env }: Setting): string[] => [
  ini
    .map((place) => {
      const at = place.indexOf('.');
      return `\`[${place.slice(0, at)}] ${place.slice(at + 1)}\``;
    })
    .join(' '),
  code(env),
];

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const whyOf = ({ treatment }: Setting): string => (treatment.kind === 'applied' ? '' : treatment.why);

const ofKind = (kind: Setting['treatment']['kind']): Setting[] =>
  settings.filter(({ treatment }) => treatment.kind === kind);

/** docs/ansible-cfg.md: what becomes of the settings of ansible.cfg and of ANSIBLE_* variables. */
export function settingsPage(): string {
  return `# ansible.cfg and ANSIBLE_* variables

Made by \`npm run docs\` from the tables in \`src/cli/settings\`. The first of these files counts, as with Ansible:
\`ANSIBLE_CONFIG\`, \`ansible.cfg\` here (unless everybody may write to the directory), \`~/.ansible.cfg\`,
\`/etc/ansible/ansible.cfg\`. Variables win over the file, the command line over both. Relative paths start where the file
is. With \`-v\` kprov says which file it reads and, one line each, what in it has no effect.

## Applied

| Setting | Variable | What it does |
| --- | --- | --- |
${ofKind('applied')
  .map((setting) => row([...places(setting), setting.about]))
  .join('\n')}

## Refused, unless the value is what is done anyway

These would change results; kprov says so with the place and touches no host.

| Setting | Variable | Accepted | Why |
| --- | --- | --- | --- |
${ofKind('refused')
  .map((setting) => row([...places(setting), setting.about, whyOf(setting)]))
  .join('\n')}

## Not applied

Without influence on hosts, but seen by people: kprov warns unless the value is what is done anyway.

| Setting | Variable | Accepted | Why |
| --- | --- | --- | --- |
${ofKind('told')
  .map((setting) => row([...places(setting), setting.about, whyOf(setting)]))
  .join('\n')}

## Without effect

| Setting | Variable | Why |
| --- | --- | --- |
${ofKind('harmless')
  .map((setting) => row([...places(setting), setting.about]))
  .join('\n')}

Whole sections without effect: ${Object.entries(harmlessSections)
    .map(([name, why]) => `\`[${name}]\` (${why})`)
    .join(', ')}. A name that Ansible does not know either has no effect.
`;
}
