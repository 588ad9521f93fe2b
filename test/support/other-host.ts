import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTask } from '../../src/tasks/index.js';
import type { Mapping } from '../../src/values/index.js';
import { addressOf, type BedHost, readBed } from '../lab/bed.js';
import { TaskHost, type TaskRun } from './task-cases.js';

const taskOf = (name: string) => {
  const task = findTask(name);
  if (!task) throw new Error(`no task ${name}`);
  return task;
};

/** One of the bed's hosts on which tasks run one by one, over OpenSSH's client. */
export class OtherHost {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  readonly #argv: readonly string[];
  #host: TaskHost | undefined;

  constructor(name: BedHost) {
    const bed = readBed();
    addressOf(bed, name);
    // One connection for all, or half of the time would go into logins.
    const shared = ['-o', 'ControlMaster=auto', '-o', 'ControlPersist=60', '-o', `ControlPath=${this.#folder}/s`];
    this.#argv = ['-F', bed.sshConfigFile, ...shared, name];
  }

  /** What the command prints. */
  ssh(command: string): string {
    return execFileSync('ssh', [...this.#argv, command], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 16 << 20 });
  }

  /** Really runs a task; all of them in one shell, as in a run. */
  run(name: string, args: Mapping): Promise<TaskRun> {
    this.#host ??= new TaskHost(['ssh', ...this.#argv, 'exec /bin/sh -s']);
    return this.#host.run(taskOf(name), args);
  }

  /** A dry run of its own: what another one has foreseen does not count. */
  async foresee(name: string, args: Mapping): Promise<TaskRun> {
    const fresh = new TaskHost(['ssh', ...this.#argv, 'exec /bin/sh -s']);
    try {
      return await fresh.run(taskOf(name), args, { check: true });
    } finally {
      await fresh.close();
    }
  }

  /** Foretold, done, and not done again: the three statuses. */
  async thrice(name: string, args: Mapping): Promise<[string, string, string]> {
    const foretold = await this.foresee(name, args);
    const first = await this.run(name, args);
    const second = await this.run(name, args);
    return [foretold.status, first.status, second.status];
  }

  /** Before the host goes down. The next call logs in again. */
  async disconnect(): Promise<void> {
    await this.#host?.close();
    this.#host = undefined;
    try {
      execFileSync('ssh', [...this.#argv, '-O', 'exit'], { stdio: 'ignore' });
    } catch {
      // It was gone already.
    }
  }

  async close(): Promise<void> {
    await this.disconnect();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
