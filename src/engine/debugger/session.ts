import type { Task } from '../../playbook/index.js';
import { toValue } from '../../template/index.js';
import { literalEval } from '../../template/python/literal.js';
import { isMapping, literalText, type Mapping, mapping, Pending, Redactor, type Value } from '../../values/index.js';
import type { TaskCame, TaskOnHost } from '../attempts/settlement.js';
import { isUsersError, shown } from '../results/task-result.js';
import { variablesOf } from '../variables/variables.js';
import { type Command, help, readCommand } from './command.js';
import { pretty } from './pretty.js';
import { debuggerScope, hiddenTexts } from './scope.js';

/** Names that stand for something with parts; by themselves they are said, not quoted. */
const named = new Set(['task', 'host', 'result']);

/** A copy in which the value stands at the path. Throws RangeError where the path leads nowhere. */
function withValueAt(container: Value, path: readonly (string | number)[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(container)) {
    const at = typeof key === 'number' && key < 0 ? key + container.length : Number(key);
    if (!(at in container)) throw new RangeError('list assignment index out of range');
    return container.map((item, index) => (index === at ? withValueAt(item, rest, value) : item));
  }
  if (!isMapping(container)) throw new RangeError(`nothing can be set in ${pretty(container)}`);
  if (rest.length > 0 && !Object.hasOwn(container, key)) throw new RangeError(`there is no ${pretty(key)}`);
  return mapping({ ...container, [key]: withValueAt(container[key] ?? null, rest, value) });
}

/** Text that came out of an expression is no template, whatever is in it. */
function asData(value: Value): Value {
  if (typeof value === 'string') return literalText(value);
  if (Array.isArray(value)) return value.map(asData);
  if (!isMapping(value)) return value;
  return mapping(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asData(item)])));
}

/** One conversation about what a task has come to on a host. */
class Session {
  readonly #about: TaskOnHost;
  readonly #came: TaskCame;
  readonly #written: Task;
  #task: Task;
  /** What `task.args` shows: as written, or filled in by `update_task`. */
  #args: Mapping;
  readonly #hidden = new Redactor();

  constructor(about: TaskOnHost, came: TaskCame) {
    this.#about = about;
    this.#came = came;
    this.#task = about.task;
    this.#written = about.task;
    this.#args = about.task.args;
    for (const text of hiddenTexts(about, came)) this.#hidden.add(text);
  }

  /** Asks until it is said how to go on. Gives the task to do again. */
  async run(): Promise<Task | undefined> {
    const { host, info } = this.#about;
    const { prompts, signal, emit } = host.play.run;
    const prompt = `[${host.host}] ${this.#task.isHandler ? 'HANDLER' : 'TASK'}: ${info.name} (debug)> `;
    let before: Command = { kind: 'nothing' };
    let told = this.#headline();
    for (;;) {
      const line = await prompts.ask(`${told}${prompt}`, { secret: false, signal });
      if (signal.aborted) return undefined;
      if (line === undefined) {
        // Ansible takes the end of its input for `quit`.
        const message = `${info.name}: nobody answers at its debugger (no terminal, or no more input); the run ends here`;
        emit({ type: 'notice', level: 'error', host: host.host, message });
        host.play.run.quit();
        return undefined;
      }
      const command = readCommand(line);
      // An empty line does the last command again, as at Python's cmd.
      if (command.kind !== 'nothing') before = command;
      switch (before.kind) {
        case 'redo':
          return this.#task;
        case 'continue':
          return undefined;
        case 'quit':
          emit({ type: 'notice', level: 'info', message: 'User interrupted execution' });
          host.play.run.quit();
          return undefined;
        default:
          told = this.#tell(this.#tried(before));
      }
    }
  }

  #headline(): string {
    const { host } = this.#about;
    const { result, turns } = this.#came;
    const { status, message } = shown(
      host.play.run,
      result,
      turns.some(({ noLog }) => noLog),
    );
    return this.#tell(`${status}: [${host.host}]${message === undefined ? '' : `: ${message}`}`);
  }

  #tell(text: string): string {
    return text === '' ? '' : `${this.#hidden.mask(this.#about.host.play.run.redactor.mask(text))}\n`;
  }

  /** What a command has to say; what is wrong with it is said, too. */
  #tried(command: Command): string {
    try {
      return this.#do(command);
    } catch (error) {
      if (error instanceof Pending) return `***${error.message} is still on its way`;
      if (!(error instanceof Error && isUsersError(error))) throw error;
      return `***${error.message}`;
    }
  }

  #do(command: Command): string {
    switch (command.kind) {
      case 'print': {
        const value = this.#evaluate(command.expression);
        return named.has(command.expression.trim()) ? String(value) : pretty(value);
      }
      case 'set':
        this.#set(command);
        return '';
      case 'update': {
        const { overrides } = this.#task;
        this.#task = { ...this.#written, ...(overrides && { overrides }) };
        this.#args = this.#task.args;
        const { templar } = this.#about.host.play.run.scope;
        const filled = templar.render(this.#task.args, this.#scope());
        if (isMapping(filled)) this.#args = filled;
        return '';
      }
      case 'help':
        return help;
      case 'unknown':
        return `***not understood: ${command.text}; h tells what is`;
      default:
        return '';
    }
  }

  #set({ target, path, value: text }: Extract<Command, { kind: 'set' }>): void {
    const value = this.#value(text);
    const keys = path.map((index) => {
      const key = this.#value(index);
      return typeof key === 'number' ? key : String(key);
    });
    if (target === 'task.args') {
      const args = withValueAt(this.#task.args, keys, value) as Mapping;
      this.#task = { ...this.#task, args };
      this.#args = args;
      return;
    }
    const base = mapping(this.#task.overrides ?? {});
    const [name = ''] = keys;
    if (keys.length > 1 && !Object.hasOwn(base, name)) base[name] = this.#variable(String(name));
    this.#task = { ...this.#task, overrides: withValueAt(base, keys, value) as Mapping };
  }

  /** A literal as Python reads it, which may be a template; what an expression gives never becomes one. */
  #value(text: string): Value {
    const literal = literalEval(text.trim());
    return literal === undefined ? asData(this.#evaluate(text)) : toValue(literal.value);
  }

  /** A variable as it is written, or as the data that it is. */
  #variable(name: string): Value {
    const { host } = this.#about;
    const found = variablesOf(host.scope(this.#task)).get(name);
    return found?.template ? toValue(found.value) : asData(this.#evaluate(`task_vars[${pretty(name)}]`));
  }

  #evaluate(expression: string): Value {
    return this.#about.host.play.run.scope.templar.evaluate(expression, this.#scope());
  }

  #scope() {
    return debuggerScope(this.#about, this.#came, this.#task, this.#args);
  }
}

export const debugSession = (about: TaskOnHost, came: TaskCame): Promise<Task | undefined> =>
  new Session(about, came).run();
