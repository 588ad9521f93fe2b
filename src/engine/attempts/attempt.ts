import { resolve } from 'node:path';
import { KprovError } from '../../errors/index.js';
import type { Condition, Task } from '../../playbook/index.js';
import {
  findTask,
  type Outcome,
  type ParsedArguments,
  type Program,
  parseArguments,
  type TaskContext,
  type Task as TaskType,
  taskNamed,
} from '../../tasks/index.js';
import { isConstant, pythonText, type Templar, UndefinedError, type Variables } from '../../template/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../../values/index.js';
import type { RunContext } from '../context.js';
import { controls } from '../controls/index.js';
import { noAsync } from '../conversation/background.js';
import type { BecomeRequest } from '../conversation/become.js';
import { connectionReader } from '../conversation/connection-reader.js';
import { becomeOf } from '../conversation/connection-variables.js';
import { expandPaths, type PathOwner } from '../lookups/path-expansion.js';
import { findFile } from '../variables/search.js';
import { withTemplateVariables } from '../variables/template-variables.js';
import { type TaskScope, variablesOf, withoutOmitted } from '../variables/variables.js';
import { asCount, asFlag, countOf, inheritedKeyword, type Keyword } from './keyword.js';

/** A task with everything about this host and item filled in: ready to be sent, or settled already. */
export interface Attempt {
  definition: TaskType;
  args: Readonly<Record<string, unknown>>;
  written: Mapping;
  /** Arguments that hold templates of the author's which could not be filled in yet. */
  unrendered: ReadonlySet<string>;
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
  secrets: readonly string[];
}

/** Ansible does part of these on the control machine, and refuses them in the background. */
const withoutAsync = new Set(['assemble', 'copy', 'fetch', 'raw', 'script', 'template', 'unarchive']);

/** `when` says no. */
export interface LeftOut {
  condition: Condition;
}

export const isLeftOut = (attempt: Attempt | LeftOut): attempt is LeftOut => 'condition' in attempt;

/** What lacks a variable is told with the kind of field it stands in, in Ansible's words, which playbooks look for. */
function inField<T>(task: Task, name: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof UndefinedError)) throw error;
    const where =
      name === 'args'
        ? 'The task includes an option with an undefined variable'
        : `The field '${name}' has an invalid value, which includes an undefined variable`;
    const { fix, variable } = error;
    const { file, line, column } = task.position;
    const place = `The error appears to be in '${file}': line ${line}, column ${column}`;
    throw new UndefinedError(`${where}. The error was: ${error.message}\n\n${place}`, {
      cause: error,
      variable,
      ...(fix !== undefined && { fix }),
    });
  }
}

function environmentOf(task: Task, templar: Templar, variables: Variables): Record<string, string> {
  const merged: Record<string, string> = Object.create(null);
  for (const layer of task.environment) {
    const rendered = templar.render(layer, variables);
    if (rendered === null || rendered === '') continue;
    if (!isMapping(rendered)) throw new KprovError('bad-environment', 'environment is no mapping of names to values');
    for (const [name, value] of Object.entries(rendered)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new KprovError('bad-environment', `${JSON.stringify(name)} is no name of an environment variable`);
      }
      merged[name] = typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value ?? '');
    }
  }
  return merged;
}

function defaultsOf(task: Task, definition: TaskType, templar: Templar, variables: Variables): Mapping {
  let merged = mapping();
  for (const layer of task.moduleDefaults) {
    const rendered = templar.render(layer, variables);
    if (!isMapping(rendered)) continue;
    for (const [name, args] of Object.entries(rendered)) {
      // An inner level's defaults for a task replace an outer one's, as a whole.
      if (findTask(name) === definition && isMapping(args)) merged = mapping(args);
    }
  }
  return merged;
}

/** Arguments with their templates filled in. `unrendered`: those that hold the author's templates still. */
interface Rendered {
  written: Mapping;
  unrendered: ReadonlySet<string>;
}

function argumentsOf(task: Task, definition: TaskType, templar: Templar, variables: Variables): Rendered {
  const args = defaultsOf(task, definition, templar, variables);
  const unrendered = new Set<string>();
  if (task.variableArgs !== undefined) {
    const rendered = templar.render(task.variableArgs, variables);
    if (!isMapping(rendered)) {
      throw new KprovError('bad-argument', `invalid or malformed argument: '${pythonText(rendered)}'`, {
        fix: 'a template in place of the arguments has to give a mapping of them',
      });
    }
    Object.assign(args, rendered);
  }
  for (const [name, value] of Object.entries(task.args)) {
    if (task.action !== 'set_fact') {
      args[name] = renderArgument(task, name, value, templar, variables);
      continue;
    }
    const key = String(templar.render(name, variables));
    const traced = templar.renderTraced(value, variables);
    args[key] = traced.value;
    if (traced.isUnrendered) unrendered.add(key);
  }
  return { written: withoutOmitted(args), unrendered };
}

interface Arguments extends Rendered {
  parsed: Extract<ParsedArguments, { ok: true }>;
}

/** Arguments without templates are the same for every host. */
const constantArguments = new WeakMap<Task, Arguments>();

/** What set_fact sets becomes each host's own; it is not shared. */
const isShared = (task: Task): boolean =>
  task.action !== 'set_fact' &&
  task.variableArgs === undefined &&
  task.moduleDefaults.length === 0 &&
  isConstant(task.args);

/** Renders and checks the arguments. Throws KprovError for those that the task does not take. */
function parsedArguments(task: Task, definition: TaskType, templar: Templar, variables: Variables): Arguments {
  const known = constantArguments.get(task);
  if (known) return known;
  const rendered = inField(task, 'args', () => argumentsOf(task, definition, templar, variables));
  const parsed = parseArguments(definition, rendered.written);
  if (!parsed.ok) {
    const [first] = parsed.diagnostics;
    throw new KprovError('bad-argument', parsed.diagnostics.map((d) => d.message).join('; '), {
      ...(first?.fix !== undefined && { fix: first.fix }),
    });
  }
  const args = { ...rendered, parsed };
  if (isShared(task)) constantArguments.set(task, args);
  return args;
}

/** Conditions among the arguments (assert's `that`) stay as they are written: the task evaluates them. */
function renderArgument(task: Task, name: string, value: Value, templar: Templar, variables: Variables): Value {
  if (task.action === 'assert' && name === 'that') return value;
  if (task.action === 'debug' && name === 'var') return value;
  return templar.render(value, variables);
}

function contextOf(
  run: RunContext,
  scope: TaskScope,
  task: Task,
  variables: Variables,
  modes: Pick<Attempt, 'check' | 'diff' | 'become' | 'delegateTo' | 'noLog' | 'asyncSeconds'>,
): TaskContext {
  const { templar } = run.scope;
  return {
    host: scope.host,
    becomeUser: modes.become.kind === 'user' ? modes.become.user : undefined,
    delegateTo: modes.delegateTo,
    checkMode: modes.check,
    diffMode: modes.diff,
    noLog: modes.noLog,
    verbosity: run.options.verbosity,
    isAsync: modes.asyncSeconds > 0,
    native: run.options.native,
    files: run.files,
    local: (path) => resolve(run.options.workingDirectory, path.replace(/^~(?=\/|$)/, run.options.homeDirectory)),
    find: (kind, name) => findFile(run.files, task, kind, name),
    render: (source, options = {}) => {
      const {
        source: _src,
        destination: _dest,
        variableStart,
        variableEnd,
        blockStart,
        blockEnd,
        commentStart,
        commentEnd,
        newlineSequence,
        ...rest
      } = options;
      const seen =
        task.action === 'template' && options.name !== undefined
          ? withTemplateVariables(variables, {
              path: options.name,
              src: options.source ?? options.name,
              dest: options.destination,
              managed: run.options.managed ?? 'Ansible managed',
            })
          : variables;
      return templar.renderText(source, seen, {
        ...rest,
        ...(newlineSequence !== undefined && { newlineSequence: newlineSequence as '\n' }),
        delimiters: {
          ...(variableStart !== undefined && { variableStart }),
          ...(variableEnd !== undefined && { variableEnd }),
          ...(blockStart !== undefined && { blockStart }),
          ...(blockEnd !== undefined && { blockEnd }),
          ...(commentStart !== undefined && { commentStart }),
          ...(commentEnd !== undefined && { commentEnd }),
        },
      });
    },
    test: (condition) => templar.evaluateCondition(condition, variables),
    evaluate: (expression) => templar.evaluate(expression, variables),
    variable: (name) => {
      const found = variables.get(name);
      if (!found) return undefined;
      return templar.evaluate(name, variables);
    },
  };
}

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
  const { written, unrendered, parsed } = parsedArguments(task, definition, templar, variables);
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
    secrets: parsed.secrets,
  };
}
