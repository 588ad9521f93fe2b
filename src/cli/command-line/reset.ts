import { Command } from 'commander';
import { type RunFlags, runOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const resetCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('reset'))
    .summary('take a cluster down')
    .description('Takes a cluster down, by the playbook that ships, and leaves hosts that up can use again.')
    .option('-y, --yes', 'do not ask', false)
    .action(async (flags: RunFlags & { yes: boolean }) => {
      const { reset } = await import('../commands/reset.js');
      done(await reset(flags, args));
    });
