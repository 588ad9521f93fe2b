import { KprovError } from '../../errors/index.js';
import type { Condition, Task } from '../../playbook/index.js';
import {
  findTask,
  type Outcome,
  type Program,
  type TaskContext,
  type Task as TaskType,
  taskNamed,
} from '../../tasks/index.js';
import { isConstant, type Templar, type TextKind, type Variables } from '../../template/index.js';
import type { Mapping } from '../../values/index.js';
import type { RunContext } from '../context.js';
import { controls } from '../controls/index.js';
import { noAsync } from '../conversation/background.js';
import type { BecomeRequest } from '../conversation/become.js';
import { connectionReader } from '../conversation/connection-reader.js';
import { becomeOf } from '../conversation/connection-variables.js';
import { expandPaths, type PathOwner } from '../lookups/path-expansion.js';
import { type TaskScope, variablesOf } from '../variables/variables.js';
import { parsedArguments } from './arguments.js';
import { environmentOf } from './environment.js';
import { inField } from './in-field.js';
import { asCount, asFlag, countOf, inheritedKeyword, type Keyword } from './keyword.js';
import { contextOf } from './task-context.js';

/** A task with everything about this host and item filled in: ready to be sent, or settled already. */
export interface Attempt {
  definition: TaskType;
  args: Readonly<Record<string, unknown>>;
  written: Mapping;
  /** Arguments that hold templates of the author's which could not be filled in yet. */
  unrendered: ReadonlySet<string>;
  /** What kinds of text set_fact sets. */
  kinds: ReadonlyMap<string, TextKind>;
  context: TaskContext;
  /** `control`: the engine carries it out itself. */
  work: Program | Outcome | 'control';
  check: boolean;
  diff: boolean;
  ignoreErrors: boolean;
  ignoreUnreachable: boolean;
  noLog: boolean;
  become: BecomeRequest;
  environment: Record<string, string>;
  delegateTo: string | undefined;
  delegateFacts: boolean;
  /** `timeout`; undefined or 0: none. */
  timeoutMs: number | undefined;
  /** `async`; 0: the task is waited for as any other. */
  asyncSeconds: number;
  /** `poll`; 0: an async task is begun and left alone. */
  pollSeconds: number;
  /** `ansible_async_dir`: where what runs in the background is recorded on the host, for the user whose job it is. */
  jobsFolder: string;
  secrets: readonly string[];
}

/** Ansible does part of these on the control machine, and refuses them in the background. */
const withoutAsync = new Set(['assemble', 'copy', 'fetch', 'raw', 'script', 'template', 'unarchive']);

/** `when` says no. */
export interface LeftOut {
  condition: Condition;
}

export const isLeftOut = (attempt: Attempt | LeftOut): attempt is LeftOut => 'condition' in attempt;

function becomeRequest(run: RunContext, scope: TaskScope, task: Task, variables: Variables): BecomeRequest {
  const { templar } = run.scope;
  const keyword = (name: Keyword) => inheritedKeyword(task, name, { templar, variables });
  const { read } = connectionReader(scope, variables);
  const keywords = {
    become: keyword('become'),
    becomeUser: keyword('becomeUser'),
    becomeMethod: keyword('becomeMethod'),
    becomeExe: keyword('becomeExe'),
    becomeFlags: keyword('becomeFlags'),
  };
  const become = becomeOf(scope.host, read, keywords, run.options.connection);
  if (become?.password !== undefined) run.redactor.add(become.password);
  return become ? { kind: 'user', ...become } : { kind: 'login' };
}

function jobsFolder({ options, scope }: RunContext, variables: Variables): string {
  const folder = variables.get('ansible_async_dir') && scope.templar.evaluate('ansible_async_dir', variables);
  return folder ? String(folder) : (options.jobsFolder ?? '~/.ansible_async');
}

/** `action: "{{ … }}"`: what it comes to must be a task that hosts do; the loader reads includes and the like by name. */
function withAction(task: Task, templar: Templar, variables: Variables): Task {
  if (isConstant(task.action)) return task;
  const action = String(templar.render(task.action, variables));
  const definition = findTask(action);
  if (definition === undefined || !controls.has(definition.name))
    return { ...task, action: definition?.name ?? action };
  throw new KprovError('unsupported-action', `${task.action} comes to ${action}`, {
    position: task.position,
    why: 'what steers the run has to be known when the playbook is read',
    fix: `write ${action}, with a condition`,
  });
}

/**
 * Everything about one task, host and item that can be worked out on the control side. Pure but for the redactor, so
 * it may be tried again when it throws Pending. Throws TemplateError and KprovError for what the user got wrong.
 */
export function attempt(
  run: RunContext,
  scope: TaskScope,
  read: Task,
  ownerOf: (attempt: Pick<Attempt, 'become' | 'environment' | 'delegateTo'>) => PathOwner,
): Attempt | LeftOut {
  const { templar } = run.scope;
  const variables = variablesOf(scope);
  for (const condition of read.when) if (!templar.evaluateCondition(condition, variables)) return { condition };

  const task = withAction(read, templar, variables);
  const definition = taskNamed(task.action);
  if (!definition) throw new KprovError('unknown-task', `there is no task ${task.action}`, { position: task.position });
  const rendering = { templar, variables };
  const keyword = (name: Keyword) => inheritedKeyword(task, name, rendering);
  const check = asFlag(keyword('checkMode'), run.options.checkMode);
  const diff = asFlag(keyword('diff'), run.options.diffMode);
  const become = becomeRequest(run, scope, task, variables);
  const { written, unrendered, kinds, parsed } = parsedArguments(task, definition, templar, variables);
  const environment = inField(task, 'environment', () => environmentOf(task, templar, variables));
  const { delegateTo: delegate } = task;
  const delegateTo =
    delegate === undefined
      ? undefined
      : inField(task, 'delegate_to', () => String(templar.render(delegate, variables)));
  const args = expandPaths(definition, parsed.args, () => ownerOf({ become, environment, delegateTo }));
  const asyncSeconds = countOf(task.async, rendering) ?? 0;
  const noLog = asFlag(keyword('noLog'), false);
  const modes = { check, diff, become, delegateTo, noLog, asyncSeconds };
  const context = contextOf(run, scope, task, variables, modes);
  if (asyncSeconds > 0 && withoutAsync.has(definition.name)) throw noAsync(definition.name);
  const work: Attempt['work'] =
    check && definition.inCheckMode === 'skips'
      ? { status: 'skipped', result: { msg: `${definition.name} is left out in check mode` }, incomplete: true }
      : controls.has(task.action)
        ? 'control'
        : definition.compile(args, context);
  const timeout = asCount(keyword('timeout'));
  return {
    definition,
    args,
    written,
    unrendered,
    kinds,
    context,
    work,
    check,
    diff,
    become,
    ignoreErrors: asFlag(keyword('ignoreErrors'), false),
    ignoreUnreachable: asFlag(keyword('ignoreUnreachable'), false),
    noLog,
    environment,
    delegateTo,
    delegateFacts: asFlag(keyword('delegateFacts'), false),
    timeoutMs: timeout ? timeout * 1000 : undefined,
    asyncSeconds,
    pollSeconds: countOf(task.poll, rendering) ?? 15,
    jobsFolder: jobsFolder(run, variables),
    secrets: parsed.secrets,
  };
}
