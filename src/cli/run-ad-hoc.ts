import { join } from 'node:path';
import type { Listener, RunOutcome } from '../engine/index.js';
import { loadPlaybook } from '../playbook/index.js';
import type { Files, Value } from '../values/index.js';
import { execute } from './execute.js';
import { onInterrupt } from './interrupt.js';
import { requireHosts } from './limit.js';
import type { ConnectionFlags } from './options.js';
import { refuseErrors } from './refuse-errors.js';
import { settled } from './settings/index.js';
import { playbookOptions, setUp } from './setup.js';
import { sayError, sayWarnings } from './terminal.js';

export interface AdHoc {
  pattern: string;
  /** Tasks as a playbook would hold them. */
  tasks: readonly Value[];
  flags: ConnectionFlags;
  listen: Listener;
}

/** A playbook that stands in no file. */
function withPlaybook(path: string, text: string, files: Files): Files {
  return {
    ...files,
    read: (name) => (name === path ? text : files.read(name)),
    kind: (name) => (name === path ? 'file' : files.kind(name)),
  };
}

/** Runs a few tasks without a playbook, as `ansible PATTERN -m …` does. Throws KprovError where no host matches. */
export async function runAdHoc({ pattern, tasks, flags: given, listen }: AdHoc): Promise<RunOutcome> {
  const flags = settled(given);
  const setup = await setUp(flags, sayError);
  const path = join(process.cwd(), '<command line>');
  setup.ownPlugins.addPlaybook(process.cwd());
  const problems = setup.ownTasks.addPlaybooks([path]);
  const text = JSON.stringify([{ name: 'ad hoc', hosts: pattern, gather_facts: false, tasks }]);
  const { playbook, diagnostics, loader } = loadPlaybook([path], {
    ...playbookOptions(setup),
    files: withPlaybook(path, text, setup.files),
  });
  sayWarnings(refuseErrors([...setup.diagnostics, ...problems, ...diagnostics, ...setup.lacks]));
  requireHosts(setup.inventory, pattern, setup.limit);
  const interrupt = onInterrupt({ tell: sayError });
  try {
    return await execute({
      setup,
      playbook,
      loader,
      flags,
      options: {
        checkMode: false,
        diffMode: false,
        tags: { only: [], skip: [] },
        forceHandlers: false,
      },
      listen,
      signal: interrupt.signal,
    });
  } finally {
    interrupt.dispose();
  }
}
