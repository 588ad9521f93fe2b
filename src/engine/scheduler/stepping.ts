import type { Task } from '../../playbook/index.js';
import { taskInfo } from '../attempts/names.js';
import type { Order } from '../events.js';
import type { HostRun } from './host-run.js';
import type { PlayRun } from './play-run.js';

/** `--step`: somebody at the terminal is asked before each task, once for all hosts, until he says `c`. */
export class Stepping {
  #isOn: boolean;
  readonly #answers = new WeakMap<PlayRun, Map<string, Promise<boolean>>>();

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  /** Tasks are done one by one while this is so. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Is the task to be done? `meta` is not asked about, as in Ansible. */
  mayPerform(host: HostRun, task: Task, order: Order): Promise<boolean> | true {
    if (!this.#isOn || task.action === 'meta') return true;
    const answers = this.#answers.get(host.play) ?? new Map<string, Promise<boolean>>();
    this.#answers.set(host.play, answers);
    const key = order.join('.');
    const answer = answers.get(key) ?? this.#ask(host, task, order);
    answers.set(key, answer);
    return answer;
  }

  async #ask(host: HostRun, task: Task, order: Order): Promise<boolean> {
    const { prompts, signal } = host.play.run;
    const what = `${task.isHandler ? 'HANDLER' : 'TASK'}: ${taskInfo(host, task, order).name}`;
    const answer = await prompts.ask(`Perform task: ${what} (N)o/(y)es/(c)ontinue: `, { secret: false, signal });
    const word = answer?.trim().toLowerCase() ?? '';
    if (word === 'c' || word === 'continue') this.#isOn = false;
    return !this.#isOn || word === 'y' || word === 'yes';
  }
}
