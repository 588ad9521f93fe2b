import { types } from 'node:util';
import { KprovError } from '../../errors/index.js';
import type { Task } from '../../playbook/index.js';
import type { Diff, Interpretation, Outcome, Report, Status } from '../../tasks/index.js';
import { TemplateError, UndefinedError } from '../../template/index.js';
import { type Mapping, mapping, type Redactor, textOfBytes, Unknowable, type Value } from '../../values/index.js';
import type { Attempt } from '../attempts/attempt.js';
import type { RunContext } from '../context.js';
import type { StepReport } from '../conversation/shell-session.js';
import type { ResultStatus, TaskResult } from '../events.js';
import { type TaskScope, variablesOf } from '../variables/variables.js';
import { isUnreachable, OutcomeUnknown } from './outcomes.js';

/** What a task came to, before changed_when and failed_when have their say. */
export interface RawResult {
  status: ResultStatus;
  value: Mapping;
  diff: readonly Diff[];
  /** Registered as one mapping. */
  diffIsMapping?: boolean;
  /** Check mode: fields that are not among `value` are not known. */
  incomplete: boolean;
  save: NonNullable<Interpretation['save']>;
}

/** The host's frame as tasks read it. */
export function reportOf(step: StepReport): Report {
  return {
    status: step.status === 'discarded' ? 'failed' : step.status,
    text: (field) => {
      const bytes = step.fields.get(field);
      return bytes === undefined ? undefined : textOfBytes(bytes);
    },
    bytes: (field) => step.fields.get(field),
  };
}

const plainFields = ['msg', 'reason', 'cmd', 'output'] as const;

/** Fields that every program may report; a task's own interpretation comes on top. */
function commonFields(report: Report): Mapping {
  const fields = mapping();
  for (const name of plainFields) {
    const text = report.text(name);
    if (text !== undefined) fields[name] = text;
  }
  const rc = report.text('rc');
  if (rc !== undefined) fields.rc = Number(rc);
  return fields;
}

const commands = new Set(['command', 'shell', 'script', 'raw']);

/** What the host reported, read by the task's own `interpret`. */
export function interpret(step: StepReport, attempt: Attempt, redactor: Redactor): RawResult {
  const report = reportOf(step);
  const read: Interpretation = attempt.definition.interpret?.(report, attempt.args, attempt.context) ?? {};
  for (const secret of read.secrets ?? []) redactor.add(secret);
  const status: Status = read.status ?? report.status;
  // Ansible: a command has changed something, however it ended.
  const ran = status === 'failed' && commands.has(attempt.definition.name) && report.bytes('rc') !== undefined;
  return {
    status,
    value: { ...commonFields(report), ...(ran && { changed: true }), ...read.result },
    diff: read.diff ?? attributeDiff(report),
    incomplete: read.incomplete ?? status === 'unknown',
    save: read.save ?? [],
  };
}

/** Changes of mode, owner and group, which `kp_attributes` reports. */
function attributeDiff(report: Report): Diff[] {
  const before: string[] = [];
  const after: string[] = [];
  for (const name of ['mode', 'owner', 'group']) {
    const old = report.text(`before_${name}`);
    if (old === undefined) continue;
    before.push(`${name}: ${old}\n`);
    after.push(`${name}: ${report.text(`after_${name}`) ?? ''}\n`);
  }
  if (before.length === 0) return [];
  return [{ before: before.join(''), after: after.join(''), beforeHeader: 'before', afterHeader: 'after' }];
}

export const settled = (outcome: Outcome): RawResult => ({
  status: outcome.status,
  value: outcome.result,
  diff: outcome.diff ?? [],
  incomplete: outcome.incomplete ?? outcome.status === 'unknown',
  save: [],
});

/** What the user got wrong, or what a dry run cannot know; anything else is a fault of ours. */
export const isUsersError = (error: unknown): boolean =>
  error instanceof TemplateError ||
  error instanceof KprovError ||
  error instanceof RangeError ||
  error instanceof Unknowable;

/** An error of evaluation, of sending or of the host itself as a result. Our own faults are thrown on. */
export function failedBy(error: unknown): RawResult {
  if (error instanceof Unknowable) {
    return { status: 'unknown', value: { reason: error.reason }, diff: [], incomplete: true, save: [] };
  }
  if (error instanceof RangeError || error instanceof KprovError || isUnreachable(error)) {
    const status = isUnreachable(error) ? 'unreachable' : 'failed';
    const value: Mapping = { msg: messageOf(error) };
    if (error instanceof KprovError && error.fix !== undefined) value.hint = error.fix;
    if (error instanceof TemplateError && !(error instanceof UndefinedError)) value.exception = traceOf(error);
    if (error instanceof KprovError && error.code === 'own-task-failed' && types.isNativeError(error.cause)) {
      value.exception = error.cause.stack ?? error.message;
    }
    if (error instanceof OutcomeUnknown) value.outcome = 'unknown';
    return { status, value, diff: [], incomplete: false, save: [] };
  }
  throw error;
}

/** Ansible has Python's traceback there, where a template came to grief over its values. */
function traceOf({ name, message, place }: TemplateError): string {
  return `${name}: ${message}${place ? `\n  line ${place.line}, column ${place.column} of ${place.name ?? 'the text'}` : ''}`;
}

function messageOf(error: Error): string {
  if (!(error instanceof KprovError)) return error.message;
  const place = error.position && `${error.position.file}:${error.position.line}:${error.position.column}: `;
  return `${place ?? ''}${error.message}${error.why === undefined ? '' : ` (${error.why})`}`;
}

/** `changed`, `failed` and so on as `register` shows them, in front of the task's own fields. */
function registered(raw: RawResult): Mapping {
  const { status } = raw;
  const value = mapping({ changed: status === 'changed', failed: status === 'failed' || status === 'unreachable' });
  Object.assign(value, raw.value);
  value.changed = status === 'changed' || raw.value.changed === true;
  if (status === 'failed') value.failed = true;
  if (status === 'skipped') value.skipped = true;
  if (status === 'unreachable') value.unreachable = true;
  if (raw.diff.length > 0) value.diff ??= registeredDiffs(raw);
  return value;
}

const registeredDiffs = ({ diff, diffIsMapping }: RawResult): Value =>
  diffIsMapping && diff[0] ? registeredDiff(diff[0]) : diff.map(registeredDiff);

const registeredDiff = ({ before, after, beforeHeader, afterHeader }: Diff): Mapping =>
  mapping({ before, after, before_header: beforeHeader, after_header: afterHeader });

export interface Judged extends TaskResult {
  save: RawResult['save'];
  incomplete: boolean;
}

/** A result on which changed_when and failed_when have no say. */
export const asItIs = (raw: RawResult): Judged => judged(raw.status, registered(raw), raw);

/** Applies changed_when and failed_when. May throw Pending; errors in the conditions make the task fail. */
export function judge(run: RunContext, scope: TaskScope, task: Task, raw: RawResult): Judged {
  const { templar } = run.scope;
  let { status } = raw;
  const value = registered(raw);
  if (status === 'skipped' || status === 'unreachable' || status === 'unknown') return judged(status, value, raw);
  if (task.changedWhen === undefined && task.failedWhen === undefined) {
    return judged(value.failed ? 'failed' : value.changed ? 'changed' : 'ok', value, raw);
  }
  const local: Mapping = { ...scope.local, ...(task.register !== undefined && { [task.register]: value }) };
  const variables = variablesOf({ ...scope, local });
  /** An error in the condition is its result too, and fails the task. */
  const decide = (field: 'changed' | 'failed', conditions: readonly Value[]) => {
    const name = `${field}_when_result`;
    try {
      value[field] = conditions.every((condition) => templar.evaluateCondition(condition, variables));
      if (field === 'failed') value[name] = value[field];
    } catch (error) {
      if (!isUsersError(error) || error instanceof Unknowable) throw error;
      Object.assign(value, failedBy(error).value, { failed: true });
      value[name] = value.msg ?? null;
    }
  };
  if (task.changedWhen !== undefined && !raw.incomplete) decide('changed', task.changedWhen);
  if (task.failedWhen !== undefined && !raw.incomplete) decide('failed', task.failedWhen);
  status = value.failed ? 'failed' : value.changed ? 'changed' : 'ok';
  return judged(status, value, raw);
}

function judged(status: ResultStatus, value: Mapping, raw: RawResult): Judged {
  const text = (name: string) => (typeof value[name] === 'string' ? String(value[name]) : undefined);
  const message = status === 'unknown' ? (text('reason') ?? text('msg')) : text('msg');
  const hint = text('hint');
  return {
    status,
    value,
    diff: raw.diff,
    incomplete: raw.incomplete,
    save: raw.save,
    ...(message !== undefined && { message }),
    ...(hint !== undefined && { hint }),
    ...(value.cmd !== undefined && { command: value.cmd }),
  };
}

/** What may be shown of a result: secrets masked, everything left out under no_log. */
export function shown(run: RunContext, result: Judged, noLog: boolean): TaskResult {
  const { status } = result;
  if (noLog) {
    const censored = "the output has been hidden due to the fact that 'no_log: true' was specified for this result";
    const value = { censored, changed: result.value.changed === true, failed: status === 'failed' };
    return { status, value, diff: [], message: censored };
  }
  const { redactor } = run;
  const { diff: _, ...value } = result.value;
  return {
    status,
    value: redactor.maskValue(value),
    diff: redactor.maskValue(result.diff),
    ...(result.message !== undefined && { message: redactor.mask(result.message) }),
    ...(result.hint !== undefined && { hint: redactor.mask(result.hint) }),
    ...(result.command !== undefined && { command: redactor.maskValue(result.command) }),
  };
}
