import type { Play, Task } from '../../playbook/index.js';
import type { Mapping } from '../../values/index.js';

/** The task that gathers facts before a play. */
export function gatherTask(play: Play): Task {
  const { keywords, position } = play;
  const args: Mapping = {};
  if (play.gatherSubset !== undefined) args.gather_subset = play.gatherSubset;
  if (play.factPath !== undefined) args.fact_path = play.factPath;
  return {
    ...keywords,
    kind: 'task',
    id: `facts:${position.file}:${position.line}`,
    name: 'Gathering Facts',
    action: 'setup',
    args,
    when: play.gatherWhen,
    tags: [...keywords.tags, 'always'],
    position,
    at: () => position,
    listen: [],
    isHandler: false,
    varsChain: [],
    includeParams: [],
    scope: {
      inherited: keywords,
      varsChain: [],
      includeParams: [],
      fileChain: [position.file],
      directory: play.directory,
      isHandler: false,
    },
  };
}
