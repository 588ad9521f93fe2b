import { describeTask } from '../../src/playbook/describe-task.js';
import type { TaskCatalogue } from '../../src/playbook/index.js';
import { controlTasks } from '../../src/tasks/control/index.js';
import {
  choice,
  dictionary,
  flag,
  integer,
  list,
  mode,
  type Parameters,
  path,
  text,
} from '../../src/tasks/parameters.js';
import { defineTask, type Task } from '../../src/tasks/task.js';
import { mapping } from '../../src/values/index.js';

const task = (name: string, parameters: Parameters, extra: Partial<Task> = {}): Task =>
  ({
    ...defineTask({
      name,
      summary: name,
      parameters,
      returns: {},
      example: '',
      inCheckMode: 'skips',
      compile: () => ({ status: 'ok', result: mapping() }),
    }),
    ...extra,
  }) as Task;

const command = { cmd: text('Command.'), chdir: path('Where.'), creates: path('Skip if there.') };

/** A handful of tasks as the real ones are declared, so that the tests of the loader do not change with them. */
const tasks = [
  task('file', {
    path: path('Which.', { required: true, aliases: ['dest', 'name'] }),
    state: choice('What.', ['absent', 'directory', 'file', 'link', 'touch']),
    mode: mode('Mode.'),
    recurse: flag('All below.'),
    src: path('Target.'),
  }),
  task(
    'copy',
    {
      dest: path('Where to.', { required: true }),
      src: path('From.'),
      content: text('Text.'),
      mode: mode('Mode.'),
      owner: text('Owner.'),
    },
    { exactlyOne: [['src', 'content']] },
  ),
  task('template', { dest: path('Where to.', { required: true }), src: path('From.', { required: true }) }),
  task('command', command, { freeForm: 'cmd' }),
  task('shell', command, { freeForm: 'cmd' }),
  task('debug', { msg: text('Message.'), var: text('Variable.'), verbosity: integer('Level.') }),
  task('ping', {}),
  task('apt', {
    name: list('Packages.', { aliases: ['pkg'] }),
    state: choice('What.', ['present', 'absent', 'latest']),
    force: flag('Force.'),
  }),
  task('service', {
    name: text('Name.', { required: true }),
    state: choice('What.', ['started', 'stopped']),
    enabled: flag('At boot.'),
  }),
  task('sysctl', { name: text('Key.'), value: text('Value.') }, { collection: 'ansible.posix' }),
  task('label', { labels: dictionary('Labels.'), node: text('Node.', { required: true }) }),
  task('group', { name: text('Name.', { required: true }) }),
];

const all: readonly Task[] = [
  ...tasks,
  ...controlTasks,
  task('set_fact', { cacheable: flag('Kept.') }, { otherParameters: 'Variables.' }),
];

const byName = new Map(all.map((one) => [one.name, describeTask(one)]));
const collection = /^(?:ansible\.(?:builtin|legacy|posix)|community\.general)\./;

export const catalogue: TaskCatalogue = {
  find: (name) => byName.get(name.replace(collection, '')),
  names: () => [...byName.keys()],
};
