import { Command } from 'commander';
import type { GalaxyFlags } from '../commands/galaxy.js';

import { verboseOption } from '../options.js';
import type { Surroundings } from './surroundings.js';

const galaxyInstallCommand = ({ done }: Surroundings, skipsCollections: boolean): Command =>
  new Command('install')
    .summary('install roles from git and from paths')
    .argument('[role...]', 'source[,version[,name]]')
    .option('-r, --role-file <file>', 'a file of requirements (also: --requirements-file)')
    .option('-p, --roles-path <directory>', 'where roles go (default: the first of roles_path, ~/.ansible/roles)')
    .option('-f, --force', 'replace roles that are there already (also: --force-with-deps)', false)
    .option('-n, --no-deps', 'leave out what roles depend on')
    .option('-g, --keep-scm-meta', "keep git's own directory", false)
    .addOption(verboseOption('say which configuration file counts'))
    .action(async (roles: string[], flags: GalaxyFlags) => {
      const { galaxyInstall } = await import('../commands/galaxy.js');
      done(await galaxyInstall(roles, flags, { skipsCollections }));
    });

export const galaxyCommand = (surroundings: Surroundings): Command =>
  new Command('galaxy')
    .summary('install roles, as ansible-galaxy')
    .addCommand(galaxyInstallCommand(surroundings, false))
    .addCommand(
      new Command('role').summary('the same, for roles only').addCommand(galaxyInstallCommand(surroundings, true)),
    );
