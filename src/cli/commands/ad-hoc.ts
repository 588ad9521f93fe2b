import { join } from 'node:path';
import { type Listener, nodeFiles, type RunOptions, type RunOutcome, runPlaybook } from '../../engine/index.js';
import { loadPlaybook } from '../../playbook/index.js';
import type { Files, Value } from '../../values/index.js';
import { onInterrupt } from '../interrupt.js';
import type { ConnectionFlags } from '../options.js';
import { connectionDefaults, makeTransport, playbookOptions, refuseErrors, setUp } from '../setup.js';
import { sayError } from '../terminal.js';

export interface AdHoc {
  pattern: string;
  gatherFacts: boolean;
  /** Tasks as a playbook would hold them. */
  tasks: readonly Value[];
  flags: ConnectionFlags;
  listen: Listener;
}

/** A playbook that stands in no file. */
function withPlaybook(path: string, text: string): Files {
  return {
    ...nodeFiles,
    read: (name) => (name === path ? text : nodeFiles.read(name)),
    kind: (name) => (name === path ? 'file' : nodeFiles.kind(name)),
  };
}

/** Runs a few tasks without a playbook, as `ansible PATTERN -m …` does. */
export async function runAdHoc({ pattern, gatherFacts, tasks, flags, listen }: AdHoc): Promise<RunOutcome> {
  const setup = await setUp(flags, sayError);
  const path = join(process.cwd(), '<command line>');
  const text = JSON.stringify([{ name: 'ad hoc', hosts: pattern, gather_facts: gatherFacts, tasks }]);
  const { playbook, diagnostics, loader } = loadPlaybook([path], {
    ...playbookOptions(setup),
    files: withPlaybook(path, text),
  });
  refuseErrors([...setup.diagnostics, ...diagnostics]);
  const interrupt = onInterrupt(sayError);
  const connection = await connectionDefaults(flags, setup, interrupt.signal);
  const options: RunOptions = {
    checkMode: false,
    diffMode: false,
    tags: { only: [], skip: [] },
    ...(flags.forks !== undefined && { forks: flags.forks }),
    connection,
    forceHandlers: false,
    verbosity: flags.verbose,
    workingDirectory: process.cwd(),
  };
  const warn = (message: string) => listen({ type: 'notice', level: 'warning', message });
  const transport = makeTransport(flags, setup, interrupt.signal, warn);
  try {
    return await runPlaybook({
      playbook,
      loader,
      inventory: setup.inventory,
      limit: flags.limit,
      extraVars: setup.extraVars,
      options,
      templar: setup.templar,
      transport,
      files: nodeFiles,
      redactor: setup.redactor,
      prompts: setup.prompts,
      emit: listen,
      signal: interrupt.signal,
    });
  } finally {
    await transport.close();
  }
}
