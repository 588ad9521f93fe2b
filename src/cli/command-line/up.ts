import { Command } from 'commander';
import { type RunFlags, runOptions } from '../options.js';
import { shippedPlaybook } from '../shipped.js';

import type { Surroundings } from './surroundings.js';

export const upCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('up'))
    .summary('converge hosts')
    .description(
      'Converges hosts to what playbooks say. Without a playbook: to a Kubernetes cluster, by the one that ships.',
    )
    .argument('[playbook...]', 'playbooks to run, in this order')
    .action(async (given: string[], flags: RunFlags) => {
      const { up } = await import('../commands/up.js');
      const playbooks = given.length > 0 ? given : [shippedPlaybook('cluster')];
      if (given.length === 0) process.stderr.write(`playbook: ${playbooks.join(' ')}\n`);
      done(await up(playbooks, flags, { args }));
    });
