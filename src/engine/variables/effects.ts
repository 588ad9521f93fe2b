import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Task } from '../../playbook/index.js';
import { isMapping, parseBoolean, readVaulted } from '../../values/index.js';
import type { Attempt } from '../attempts/attempt.js';
import { failedWith } from '../results/overrule.js';
import type { Judged } from '../results/task-result.js';
import type { HostRun } from '../scheduler/host-run.js';
import type { Entry } from './host-state.js';

interface Effect {
  task: Task;
  work: Attempt;
  result: Judged;
  sequence: number;
}

/** Variables that a result brings: facts of `setup` and other modules, those of `set_fact`. */
export function adopt(host: HostRun, { task, work, result, sequence }: Effect): void {
  const facts = result.value.ansible_facts;
  if (!isMapping(facts) || work.definition.name === 'include_vars') return;
  const delegated = work.delegateFacts ? work.delegateTo : undefined;
  const state = delegated === undefined ? host.state : host.play.stateOf(delegated);
  const at = delegated === undefined ? sequence : undefined;
  if (work.definition.name === 'set_fact') {
    for (const [name, value] of Object.entries(facts)) {
      // An encrypted value is kept as such until it is used, and so is a template that lacked something.
      const { [name]: written = null } = task.args;
      const kept = readVaulted(written) !== undefined ? written : work.unrendered.has(name) ? value : undefined;
      const kind = work.kinds.get(name);
      const entry: Entry =
        kept === undefined
          ? { state: 'known', value, ...(kind !== undefined && { kind }) }
          : { state: 'known', value: kept, template: true };
      state.set('setFacts', name, entry, at);
    }
    if (!parseBoolean(work.args.cacheable)) return;
  }
  state.learn(facts, at);
}

/** Brings the files of a result to the control machine. A result whose files cannot be written has failed. */
export function saved(result: Judged): Judged {
  try {
    save(result);
    return result;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const message = `cannot write on the control machine: ${error.message}`;
    const failed = failedWith(result, message);
    return { ...failed, value: { ...failed.value, changed: false }, save: [] };
  }
}

function save(result: Judged): void {
  for (const { path, content, mode } of result.save) {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.kprov-${process.pid}`;
    writeFileSync(temporary, content, { mode: mode ?? 0o644 });
    renameSync(temporary, path);
  }
}
