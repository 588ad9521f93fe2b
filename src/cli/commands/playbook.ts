import { existsSync } from 'node:fs';
import { KprovError } from '../../errors/index.js';
import type { RunFlags } from '../options.js';
import { currentSettings } from '../settings/index.js';
import { say, sayError } from '../terminal.js';
import { up } from './up.js';

export interface PlaybookFlags extends RunFlags {
  syntaxCheck: boolean;
  step: boolean;
  sftpExtraArgs?: string;
  scpExtraArgs?: string;
}

/** Where Ansible looks when nobody names an inventory. */
const DEFAULT_INVENTORY = '/etc/ansible/hosts';

/** What `up` is to do differently where it stands in for ansible-playbook. */
const asAnsible = {
  /** Ansible's default; kprov's own is free. */
  strategy: 'linear',
  endsLikeAnsible: true,
} as const;

function inventoryOf(flags: PlaybookFlags): string[] {
  if (flags.inventory.length > 0 || currentSettings(0).text('inventory') !== undefined) return flags.inventory;
  return existsSync(DEFAULT_INVENTORY) ? [DEFAULT_INVENTORY] : [];
}

/** `kprov playbook …`: takes ansible-playbook's command line and prints what it prints. */
export async function playbook(
  files: readonly string[],
  flags: PlaybookFlags,
  args: readonly string[],
): Promise<number> {
  if (flags.step && !process.stdin.isTTY) {
    throw new KprovError('no-terminal', '--step needs a terminal', {
      why: 'somebody is asked before each task',
      fix: 'use --start-at-task, --tags or --check',
    });
  }
  const notes = [
    flags.sftpExtraArgs !== undefined && '--sftp-extra-args has no effect: files go over the one connection there is',
    flags.scpExtraArgs !== undefined && '--scp-extra-args has no effect: files go over the one connection there is',
  ].filter((note) => note !== false);
  if (flags.verbose > 0) for (const note of notes) sayError(note);
  const inventory = inventoryOf(flags);
  const given: PlaybookFlags = { ...flags, inventory, output: flags.output ?? 'plain', mayLackHosts: true };
  return up(files, given, {
    args,
    ...asAnsible,
    ...(flags.syntaxCheck && { checked: () => say(`\nplaybook: ${files.join('\n\nplaybook: ')}`) }),
  });
}
