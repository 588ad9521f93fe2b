import { Command } from 'commander';
import type { AdhocFlags } from '../commands/adhoc.js';
import { collect, connectionOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const adhocCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('adhoc'))
    .summary('stand in for ansible: one task on many hosts')
    .description('Takes the command line of ansible: a pattern, and a task with its arguments.')
    .argument('<pattern>', 'which hosts')
    .option('-m, --module-name <name>', 'the task; default command')
    .option('-a, --args <arguments>', 'its arguments: key=value words, or a mapping in JSON')
    .option('--list-hosts', 'list the hosts that match, and stop', false)
    .option('-M, --module-path <path>', 'folders of modules of your own, with : between', collect)
    .action(async (pattern: string, flags: AdhocFlags) => {
      const { adhoc } = await import('../commands/adhoc.js');
      done(await adhoc(pattern, flags));
    });
