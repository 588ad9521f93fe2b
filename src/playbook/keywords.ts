/** Where a keyword may stand. `handler` ones stand on tasks of handler lists only. */
export type Level = 'play' | 'block' | 'task' | 'handler' | 'role';

export type KeywordType =
  | 'text'
  | 'flag'
  | 'count'
  | 'percent'
  | 'conditions'
  | 'names'
  | 'tags'
  | 'vars'
  | 'environment'
  | 'moduleDefaults'
  | 'collections'
  | 'any'
  | 'structure';

export interface Keyword {
  name: string;
  type: KeywordType;
  levels: readonly Level[];
  description: string;
  /** The only words it may hold, beside templates. */
  choices?: readonly string[];
  /** Why it is refused, unless it holds nothing or `off`. */
  refused?: string;
  /** The word that asks for nothing. */
  off?: string;
}

const everywhere: readonly Level[] = ['play', 'block', 'task', 'role'];
const belowPlay: readonly Level[] = ['block', 'task', 'role'];
const blockAndTask: readonly Level[] = ['block', 'task'];
const task: readonly Level[] = ['task'];
const play: readonly Level[] = ['play'];

type Extra = Pick<Keyword, 'choices' | 'refused' | 'off'>;

const keyword = (
  name: string,
  type: KeywordType,
  levels: readonly Level[],
  description: string,
  extra: Extra = {},
): Keyword => ({ name, type, levels, description, ...extra });

const acceleratedReason = 'Ansible itself has had no accelerated connections since 2.4; drop it';

/** Every keyword of the playbook language that is known here, refused ones included. */
export const keywords: readonly Keyword[] = [
  keyword('name', 'text', everywhere, 'What it is for; shown while it runs.'),
  keyword('any_errors_fatal', 'flag', everywhere, 'A failure on one host ends the play for all hosts.'),
  keyword('become', 'flag', everywhere, 'Act as another user, root by default.'),
  keyword('become_exe', 'text', everywhere, 'Path of the program that changes the user.'),
  keyword('become_flags', 'text', everywhere, 'Options for the program that changes the user.'),
  keyword('become_method', 'text', everywhere, 'How to change the user.', {
    choices: [
      'sudo',
      'su',
      'ansible.builtin.sudo',
      'ansible.builtin.su',
      'community.general.sudo',
      'community.general.su',
    ],
  }),
  keyword('become_user', 'text', everywhere, 'The user to become.'),
  keyword('check_mode', 'flag', everywhere, 'yes: only ever show what would change; no: act even in a dry run.'),
  keyword('collections', 'collections', everywhere, 'Accepted for what kprov knows; nothing is searched.'),
  keyword('connection', 'text', everywhere, 'How to reach the host.', {
    choices: ['ssh', 'local', 'smart', 'paramiko', 'ansible.builtin.ssh', 'ansible.builtin.local'],
  }),
  keyword('debugger', 'text', everywhere, 'When to start the interactive debugger.', {
    choices: ['always', 'never', 'on_failed', 'on_unreachable', 'on_skipped'],
  }),
  keyword('diff', 'flag', everywhere, 'Show differences of files.'),
  keyword('environment', 'environment', everywhere, 'Environment variables of what runs on the host.'),
  keyword('ignore_errors', 'flag', everywhere, 'Go on after a failure.'),
  keyword('ignore_unreachable', 'flag', everywhere, 'Go on after the host could not be reached.'),
  keyword('module_defaults', 'moduleDefaults', everywhere, 'Default arguments by task name.'),
  keyword('no_log', 'flag', everywhere, 'Show neither arguments nor results.'),
  keyword('port', 'count', everywhere, 'Port of the connection.'),
  keyword('remote_user', 'text', everywhere, 'The user to log in as.'),
  keyword('run_once', 'flag', everywhere, 'Run on the first host only; the result counts for all.'),
  keyword('tags', 'tags', everywhere, 'Words for --tags and --skip-tags.'),
  keyword('throttle', 'count', everywhere, 'At most this many hosts at a time.'),
  keyword('timeout', 'count', everywhere, 'Seconds after which the task has failed.'),
  keyword('vars', 'vars', everywhere, 'Variables.'),
  keyword('when', 'conditions', belowPlay, 'Runs only where all of these hold.'),
  keyword('delegate_to', 'text', belowPlay, 'Run on this host instead.'),
  keyword('delegate_facts', 'flag', belowPlay, 'Facts belong to the host of delegate_to.'),
  keyword('notify', 'names', blockAndTask, 'Handlers to run when something changed.'),

  keyword('hosts', 'structure', play, 'Pattern, or list of patterns, of the hosts.'),
  keyword('gather_facts', 'flag', play, 'Gather facts first.'),
  keyword('gather_subset', 'any', play, 'Which facts.'),
  keyword('gather_timeout', 'count', play, 'Seconds that gathering one fact may take.'),
  keyword('fact_path', 'text', play, 'Directory of custom facts on the host.'),
  keyword('vars_files', 'structure', play, 'Files of variables.'),
  keyword('vars_prompt', 'structure', play, 'Variables to ask for, where -e does not give them.'),
  keyword('roles', 'structure', play, 'Roles to run between pre_tasks and tasks.'),
  keyword('pre_tasks', 'structure', play, 'Tasks before the roles.'),
  keyword('tasks', 'structure', play, 'The tasks.'),
  keyword('post_tasks', 'structure', play, 'Tasks after the tasks.'),
  keyword('handlers', 'structure', play, 'Tasks that run when notified.'),
  keyword('force_handlers', 'flag', play, 'Run notified handlers even on hosts that failed.'),
  keyword('max_fail_percentage', 'percent', play, 'The play ends when more hosts than this have failed.'),
  keyword('serial', 'structure', play, 'How many hosts at a time.'),
  keyword(
    'strategy',
    'text',
    play,
    'linear: hosts in step; free: each at its own pace; debug: linear, with the debugger.',
    {
      choices: [
        'linear',
        'debug',
        'free',
        'host_pinned',
        'ansible.builtin.linear',
        'ansible.builtin.debug',
        'ansible.builtin.free',
        'ansible.builtin.host_pinned',
      ],
    },
  ),
  keyword('order', 'text', play, 'Order of the hosts.', {
    choices: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'],
  }),
  ...['accelerate', 'accelerate_port', 'accelerate_ipv6'].map((name) =>
    keyword(name, 'text', play, 'A kind of connection of Ansible 1.', { refused: acceleratedReason }),
  ),

  keyword('block', 'structure', ['block'], 'The tasks of the block.'),
  keyword('rescue', 'structure', ['block'], 'Tasks to run after a failure in the block.'),
  keyword('always', 'structure', ['block'], 'Tasks to run in any case.'),

  keyword('action', 'structure', task, 'The task and its arguments, old form.'),
  keyword('local_action', 'structure', task, 'The same, on the control machine.'),
  keyword('args', 'structure', task, 'More arguments.'),
  keyword('async', 'count', task, 'Seconds that the task may go on in the background.'),
  keyword('poll', 'count', task, 'Seconds between looks at a background task.'),
  keyword('changed_when', 'conditions', task, 'What counts as changed.'),
  keyword('failed_when', 'conditions', task, 'What counts as failed.'),
  keyword('until', 'conditions', task, 'Try again until this holds.'),
  keyword('retries', 'count', task, 'How often to try again.'),
  keyword('delay', 'count', task, 'Seconds between tries.'),
  keyword('register', 'text', task, 'Variable for the result.'),
  keyword('loop', 'structure', task, 'A list, or a template of one: run once for each item.'),
  keyword('loop_control', 'structure', task, 'Names and pace of the loop.'),
  keyword('listen', 'names', ['handler'], 'Topics that notify this handler.'),

  keyword('role', 'text', ['role'], 'Name of the role.'),
];

/** The keywords of a level by name. */
export function keywordsOf(level: Level): ReadonlyMap<string, Keyword> {
  return byLevel[level];
}

const at = (...levels: Level[]): ReadonlyMap<string, Keyword> =>
  new Map(keywords.filter((k) => k.levels.some((level) => levels.includes(level))).map((k) => [k.name, k]));

const byLevel: Readonly<Record<Level, ReadonlyMap<string, Keyword>>> = {
  play: at('play'),
  block: at('block'),
  task: at('task'),
  handler: at('task', 'handler'),
  role: at('role'),
};

/** Lookups behind the `with_…` forms in common use. */
export const commonLookups: readonly string[] = [
  'items',
  'list',
  'dict',
  'fileglob',
  'filetree',
  'first_found',
  'sequence',
  'nested',
  'cartesian',
  'together',
  'subelements',
  'indexed_items',
  'flattened',
  'lines',
  'random_choice',
  'file',
  'env',
  'inventory_hostnames',
  'ini',
  'csvfile',
  'template',
  'vars',
  'pipe',
  'url',
  'varnames',
  'password',
  'unvault',
];
