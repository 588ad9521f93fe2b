import type { Inherited, Node, Play, Task } from '../../src/playbook/index.js';

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

const shown = (entries: Record<string, unknown>): string =>
  Object.entries(entries)
    .filter(([, value]) => !isEmpty(value) && value !== false && value !== '')
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ');

const inheritedKeys =
  'when tags environment moduleDefaults become becomeUser becomeMethod remoteUser connection port noLog ignoreErrors ignoreUnreachable anyErrorsFatal diff runOnce delegateTo delegateFacts notify timeout throttle'.split(
    ' ',
  );

const inherited = (from: Inherited): Record<string, unknown> => ({
  ...Object.fromEntries(inheritedKeys.map((key) => [key, from[key as keyof Inherited]])),
  ...(from.checkMode !== undefined && { checkMode: String(from.checkMode) }),
});

function taskLine(task: Task): string {
  const {
    args,
    variableArgs,
    loop,
    register,
    until,
    retries,
    delay,
    changedWhen,
    failedWhen,
    listen,
    varsChain,
    includeParams,
  } = task;
  const rest = {
    args,
    variableArgs,
    loop,
    register,
    until,
    retries,
    delay,
    changedWhen,
    failedWhen,
    listen,
    vars: varsChain,
    includeParams,
    async: task.async,
    poll: task.poll,
  };
  return `${task.role ? `${task.role.name} : ` : ''}${task.name} [${task.action}] ${shown({ ...rest, ...inherited(task) })}`.trimEnd();
}

function nodeLines(node: Node): string[] {
  if (node.kind === 'task') return [taskLine(node)];
  const part = (name: string, nodes: readonly Node[]): string[] =>
    nodes.length === 0 ? [] : [`${name}:`, ...nodes.flatMap(nodeLines).map((line) => `  ${line}`)];
  const title = node.isRole
    ? `role ${node.role?.name} ${shown({ path: node.role?.path, defaults: node.role?.defaults, vars: node.role?.vars, keywordVars: node.role?.keywordVars, params: node.role?.params, duplicates: node.role?.allowDuplicates, parents: node.role?.parents.map((role) => role.name), dependencies: node.role?.dependencies.map((role) => role.name) })}`
    : `block ${node.name}`;
  return [
    title.trimEnd(),
    ...[...part('tasks', node.tasks), ...part('rescue', node.rescue), ...part('always', node.always)].map(
      (line) => `  ${line}`,
    ),
  ];
}

/** A play as lines of text, for golden files. */
export function outline(play: Play): string {
  const {
    vars,
    varsFiles,
    gatherFacts,
    gatherSubset,
    serial,
    strategy,
    order,
    maxFailPercentage,
    forceHandlers,
    gatherWhen,
  } = play;
  const head = {
    hosts: play.hosts,
    vars,
    varsFiles,
    ...(gatherFacts !== undefined && { gatherFacts: String(gatherFacts) }),
    gatherSubset,
    serial,
    strategy,
    order,
    maxFailPercentage,
    forceHandlers,
    gatherWhen,
  };
  const part = (name: string, nodes: readonly Node[]): string[] =>
    nodes.length === 0 ? [] : [`${name}:`, ...nodes.flatMap(nodeLines).map((line) => `  ${line}`)];
  const lines = [
    ...part('pre_tasks', play.preTasks),
    ...part('roles', play.roleTasks),
    ...part('tasks', play.tasks),
    ...part('post_tasks', play.postTasks),
    ...part('handlers', play.handlers),
  ];
  return [
    `play ${play.name} (${play.file}) ${shown({ ...head, ...inherited(play.keywords) })}`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
