import { Command } from 'commander';
import { type RunFlags, runOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const runCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('run'))
    .summary('run any playbook')
    .description('Runs playbooks, whatever they are for; otherwise as up.')
    .argument('<playbook...>', 'playbooks to run, in this order')
    .action(async (playbooks: string[], flags: RunFlags) => {
      const { up } = await import('../commands/up.js');
      done(await up(playbooks, flags, { args }));
    });
