import { KprovError } from '../../errors/index.js';
import type { Task } from '../../playbook/index.js';
import { findTask, type ParsedArguments, parseArguments, type Task as TaskType } from '../../tasks/index.js';
import { isConstant, pythonText, type Templar, type TextKind, type Variables } from '../../template/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../../values/index.js';
import { withoutOmitted } from '../variables/variables.js';
import { inField } from './in-field.js';

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

/** Arguments with their templates filled in. */
interface Rendered {
  written: Mapping;
  /** Those that hold the author's templates still. */
  unrendered: ReadonlySet<string>;
  /** Of what set_fact sets. */
  kinds: ReadonlyMap<string, TextKind>;
}

function argumentsOf(task: Task, definition: TaskType, templar: Templar, variables: Variables): Rendered {
  const args = defaultsOf(task, definition, templar, variables);
  const unrendered = new Set<string>();
  const kinds = new Map<string, TextKind>();
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
    const kind = traced.kind();
    // Words of `key=value` are no texts of YAML.
    kinds.set(key, task.argsAreText && kind === 'AnsibleUnicode' && isConstant(value) ? 'str' : kind);
    if (traced.isUnrendered) unrendered.add(key);
  }
  return { written: withoutOmitted(args), unrendered, kinds };
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
export function parsedArguments(task: Task, definition: TaskType, templar: Templar, variables: Variables): Arguments {
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
