import { Command } from 'commander';
import { type ConnectionFlags, connectionOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const pingCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('ping'))
    .summary('reach every host, log in, become root, tell what it is')
    .argument('[pattern]', 'which hosts', 'all')
    .action(async (pattern: string, flags: ConnectionFlags) => {
      const { ping } = await import('../commands/ping.js');
      done(await ping(pattern, flags));
    });
