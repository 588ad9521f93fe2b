import { Command, Option } from 'commander';
import type { ConfigFlags } from '../commands/config.js';

export const configCommand = (): Command =>
  new Command('config').summary('show ansible.cfg and ANSIBLE_* variables, as ansible-config').addCommand(
    new Command('dump')
      .summary('every setting: where it is given, its value, what becomes of it')
      .option('--only-changed', 'only those that are given', false)
      .addOption(
        new Option('-f, --format <form>', 'for people or for machines').choices(['display', 'json']).default('display'),
      )
      .action(async (flags: ConfigFlags) => {
        const { configDump } = await import('../commands/config.js');
        configDump(flags);
      }),
  );
