import { dictionary, flag, localPath, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

const role = {
  name: text('The role.', { required: true, aliases: ['role'] }),
  tasks_from: text('File of tasks/ instead of main.', { default: 'main' }),
  vars_from: text('File of vars/ instead of main.', { default: 'main' }),
  defaults_from: text('File of defaults/ instead of main.', { default: 'main' }),
  handlers_from: text('File of handlers/ instead of main.', { default: 'main' }),
  allow_duplicates: flag('Whether the role runs again when it has run already.', { default: true }),
  rolespec_validate: flag("Whether the arguments are checked against the role's argument specification.", {
    default: true,
  }),
} as const;

const apply = dictionary('Task keywords (become, tags, when, ...) that every included task gets.');

export const includeTasks = defineTask({
  name: 'include_tasks',
  aliases: ['include'],
  summary: 'Runs the tasks of a file, chosen while the play runs.',
  parameters: { file: localPath('The file, looked for beside the including one.', { required: true }), apply },
  freeForm: 'file',
  returns: {},
  example: `- include_tasks: "{{ ansible_os_family | lower }}.yml"`,
  inCheckMode: 'predicts',
  compile: byEngine,
});

export const importTasks = defineTask({
  name: 'import_tasks',
  summary: 'Puts the tasks of a file here, when the playbook is read.',
  parameters: { file: localPath('The file, looked for beside the importing one.', { required: true }) },
  freeForm: 'file',
  returns: {},
  example: `- import_tasks: packages.yml`,
  inCheckMode: 'predicts',
  compile: byEngine,
});

export const includeRole = defineTask({
  name: 'include_role',
  summary: 'Runs a role, chosen while the play runs.',
  parameters: {
    ...role,
    apply,
    public: flag("Whether the role's variables and defaults are seen by what comes after it.", { default: false }),
  },
  returns: {},
  example: `- include_role:
    name: monitoring
    tasks_from: agent`,
  inCheckMode: 'predicts',
  compile: byEngine,
});

export const importRole = defineTask({
  name: 'import_role',
  summary: "Puts a role's tasks here, when the playbook is read.",
  parameters: {
    ...role,
    public: flag("Whether the role's variables and defaults are seen by what comes after it.", { default: true }),
  },
  returns: {},
  example: `- import_role:
    name: monitoring`,
  inCheckMode: 'predicts',
  compile: byEngine,
});

export const importPlaybook = defineTask({
  name: 'import_playbook',
  summary: 'Puts the plays of another playbook here. Stands among plays, not among tasks.',
  parameters: { file: localPath('The playbook, looked for beside the importing one.', { required: true }) },
  freeForm: 'file',
  returns: {},
  example: `- import_playbook: reset.yml`,
  inCheckMode: 'predicts',
  compile: byEngine,
});
