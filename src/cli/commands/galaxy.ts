import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { nodeFiles } from '../../engine/index.js';
import { KprovError } from '../../errors/index.js';
import { exitCode } from '../exit-codes.js';
import { installRoles } from '../galaxy/install.js';
import { readRequirements } from '../galaxy/requirements.js';
import { currentSettings } from '../settings/index.js';
import { say } from '../terminal.js';

export interface GalaxyFlags {
  roleFile?: string;
  rolesPath?: string;
  force: boolean;
  deps: boolean;
  keepScmMeta: boolean;
  verbose: number;
}

/** `kprov galaxy install`: roles from git and from paths. Throws KprovError for what cannot be had. */
export async function galaxyInstall(
  roles: readonly string[],
  flags: GalaxyFlags,
  { skipsCollections }: { skipsCollections: boolean },
): Promise<number> {
  if (roles.length === 0 && flags.roleFile === undefined) {
    throw new KprovError('bad-usage', '- you must specify a user/role name or a roles file', {
      fix: 'kprov galaxy install -r requirements.yml',
    });
  }
  const settings = currentSettings(flags.verbose);
  const { requirements, notes } = readRequirements(
    { roles, skipsCollections, ...(flags.roleFile !== undefined && { file: flags.roleFile }) },
    nodeFiles,
  );
  for (const note of notes) say(note);
  const [configured] = settings.paths('roles_path', ':');
  const directory = flags.rolesPath ?? configured ?? resolve(homedir(), '.ansible/roles');
  await installRoles(requirements, {
    directory: resolve(directory.replace(/^~(?=\/|$)/, homedir())),
    force: flags.force,
    withDependencies: flags.deps,
    keepsGit: flags.keepScmMeta,
    say,
  });
  return exitCode.ok;
}
