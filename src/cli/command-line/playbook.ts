import { Command } from 'commander';
import type { PlaybookFlags } from '../commands/playbook.js';
import { collect, runOptions } from '../options.js';

import type { Surroundings } from './surroundings.js';

export const playbookCommand = ({ args, done }: Surroundings): Command =>
  runOptions(new Command('playbook'))
    .summary('stand in for ansible-playbook: its command line, its output')
    .description(
      'Takes the command line of ansible-playbook. Plays are linear unless they say otherwise, as with Ansible.',
    )
    .argument('<playbook...>', 'playbooks to run, in this order')
    .option('--syntax-check', 'check the playbooks, and stop', false)
    .option('--flush-cache', 'what the fact cache has of the hosts is removed first', false)
    .option('--step', 'ask before each task: no, yes, or yes to all', false)
    .option('-M, --module-path <path>', 'folders of modules of your own, with : between', collect)
    .option('--ssh-extra-args <args>', 'further options of the ssh command')
    .option('--sftp-extra-args <args>', 'accepted: there is one connection for everything')
    .option('--scp-extra-args <args>', 'accepted: there is one connection for everything')
    .action(async (playbooks: string[], flags: PlaybookFlags) => {
      const { playbook } = await import('../commands/playbook.js');
      done(await playbook(playbooks, flags, args));
    });
