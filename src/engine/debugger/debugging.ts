import type { Task } from '../../playbook/index.js';
import { inheritedKeyword } from '../attempts/keyword.js';
import type { TaskCame, TaskOnHost } from '../attempts/settlement.js';
import type { HostRun } from '../scheduler/host-run.js';
import { variablesOf } from '../variables/variables.js';
import { debugSession } from './session.js';

export interface DebuggerOptions {
  /** Every task that fails, or whose host is lost, unless its `debugger` says otherwise. */
  isOn: boolean;
  /** A failure that `ignore_errors` allows asks for no debugger. */
  honoursIgnoreErrors: boolean;
}

/** What a task says of the debugger; `isOn` where failures ask for it without being told. */
export interface Debugged {
  keyword: string | undefined;
  isOn: boolean;
}

/** The interactive debugger: somebody at the terminal looks at what a task has come to, and says how to go on. */
export class Debugging {
  readonly #options: DebuggerOptions;
  /** One conversation at the terminal after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: DebuggerOptions = { isOn: false, honoursIgnoreErrors: true }) {
    this.#options = options;
  }

  /** What is to be known before the task is sent; undefined where nobody will be asked about it. */
  async of(host: HostRun, task: Task): Promise<Debugged | undefined> {
    const isOn = this.#options.isOn || host.play.debugs;
    if (task.debugger === undefined) return isOn ? { keyword: undefined, isOn } : undefined;
    const { templar } = host.play.run.scope;
    const keyword = await host.evaluate(() =>
      inheritedKeyword(task, 'debugger', { templar, variables: variablesOf(host.scope(task)) }),
    );
    return keyword === 'never' ? undefined : { keyword: keyword === undefined ? keyword : String(keyword), isOn };
  }

  /** Could `of` have anything to say? */
  concerns(host: HostRun, task: Task): boolean {
    return this.#options.isOn || host.play.debugs || task.debugger !== undefined;
  }

  /** Asks, where what has come of the task calls for it. Gives the task that is to be done in its place. */
  async ask(about: TaskOnHost, came: TaskCame): Promise<Task | undefined> {
    if (about.debugged === undefined || !this.#isCalledFor(about.debugged, came)) return undefined;
    const session = this.#turn.then(() => debugSession(about, came));
    this.#turn = session.catch(() => undefined);
    return session;
  }

  #isCalledFor({ keyword, isOn }: Debugged, { result, turns }: TaskCame): boolean {
    const isIgnored = this.#options.honoursIgnoreErrors && turns.some(({ ignored }) => ignored);
    const failed = result.status === 'failed' && !isIgnored;
    const lost = result.status === 'unreachable';
    switch (keyword) {
      case 'always':
        return true;
      case 'on_skipped':
        return result.status === 'skipped' || (isOn && (failed || lost));
      case 'on_failed':
        return failed || (isOn && lost);
      case 'on_unreachable':
        return lost || (isOn && failed);
      default:
        return isOn && (failed || lost);
    }
  }
}
