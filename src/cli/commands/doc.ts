import { join } from 'node:path';
import { KprovError, nearest } from '../../errors/index.js';
import { findTask, type Parameter, refusalOf, type Task, taskNames, tasks } from '../../tasks/index.js';
import { OwnTasks } from '../own-tasks/index.js';
import { refuseErrors } from '../refuse-errors.js';
import { say } from '../terminal.js';

function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}

function kindOf(parameter: Parameter<unknown>): string {
  const schema = parameter.schema as { enum?: readonly unknown[]; type?: string | string[]; anyOf?: unknown };
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf) return 'list';
  return Array.isArray(schema.type) ? (schema.type[0] ?? 'any') : (schema.type ?? 'any');
}

function parameterText(name: string, parameter: Parameter<unknown>): string {
  const notes = [
    kindOf(parameter),
    parameter.required && 'required',
    parameter.default !== undefined && `default ${JSON.stringify(parameter.default)}`,
    parameter.aliases.length > 0 && `also ${parameter.aliases.join(', ')}`,
    parameter.secret && 'secret',
  ].filter((note) => note !== false);
  return `  ${parameter.required ? '=' : '-'} ${name} (${notes.join('; ')})\n${wrap(parameter.description, '      ', 80)}`;
}

/** The documentation of one task, from its definition. */
export function documentation(task: Task): string {
  const parts = [`${task.name}: ${task.summary}`];
  if (task.description !== undefined) parts.push(wrap(task.description, '  ', 80));
  if (task.aliases && task.aliases.length > 0) parts.push(`Also: ${task.aliases.join(', ')}`);
  const parameters = Object.entries(task.parameters).map(([name, parameter]) => parameterText(name, parameter));
  if (parameters.length > 0) parts.push(`Parameters (= is required)\n${parameters.join('\n')}`);
  const refused = Object.entries(task.refusedParameters ?? {}).map(([name, why]) => wrap(`${name}: ${why}`, '  ', 80));
  if (refused.length > 0) parts.push(`Refused parameters\n${refused.join('\n')}`);
  const returns = Object.entries(task.returns).map(([name, text]) => wrap(`${name}: ${text}`, '  ', 80));
  if (returns.length > 0) parts.push(`Returns\n${returns.join('\n')}`);
  parts.push(`Dry run: ${task.inCheckMode === 'predicts' ? 'shows what would change' : 'left out'}`);
  parts.push(`Example\n${task.example.replace(/^/gm, '  ')}`);
  return parts.join('\n\n');
}

/** `kprov doc [TASK]`; tasks in ./library count. */
export function doc(name: string | undefined): void {
  refuseErrors(new OwnTasks({ roles: [] }).addPlaybooks([join(process.cwd(), 'playbook.yml')]));
  if (name === undefined) {
    const width = Math.max(...tasks.map((task) => task.name.length));
    for (const task of [...tasks].sort((a, b) => (a.name < b.name ? -1 : 1)))
      say(`${task.name.padEnd(width)}  ${task.summary}`);
    return;
  }
  const task = findTask(name);
  if (!task) {
    const refusal = refusalOf(name);
    if (refusal !== undefined) throw new KprovError('refused-task', `kprov does not run the module ${name}`, refusal);
    const near = nearest(name, taskNames());
    throw new KprovError('unknown-task', `there is no task ${name}`, {
      fix: near === undefined ? 'kprov doc' : `kprov doc ${near}`,
    });
  }
  say(documentation(task));
}
