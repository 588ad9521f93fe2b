import { Command, Option } from 'commander';
import type { ValidateFlags } from '../commands/validate.js';
import { connectionOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const validateCommand = ({ done }: Surroundings): Command =>
  connectionOptions(new Command('validate'))
    .summary('check inventory and playbooks without touching a host')
    .description('Checks everything that can be checked without touching a host, and shows all that is wrong at once.')
    .argument('<playbook...>', 'playbooks to check')
    .addOption(new Option('--output <form>', 'for people or for machines').choices(['plain', 'json']))
    .action(async (playbooks: string[], flags: ValidateFlags) => {
      const { validate } = await import('../commands/validate.js');
      done(await validate(playbooks, flags));
    });
