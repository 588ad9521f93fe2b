import { Command } from 'commander';
import { type ConnectionFlags, connectionOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const execCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('exec'))
    .summary('run one command on many hosts')
    .usage('[options] <pattern> -- <command...>')
    .argument('<pattern>', 'which hosts')
    .argument('<command...>', 'the command and its arguments')
    .option('--shell', 'run it through a shell: pipes, redirections, variables', false)
    .action(async (pattern: string, command: string[], flags: ConnectionFlags & { shell: boolean }) => {
      const { exec } = await import('../commands/exec.js');
      done(await exec(pattern, command, flags));
    });
