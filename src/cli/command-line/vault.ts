import { Command } from 'commander';
import type { VaultAction, VaultFlags } from '../commands/vault.js';
import { collect, vaultOptions, verboseOption } from '../options.js';

import type { Surroundings } from './surroundings.js';

const vaultActions: readonly (readonly [VaultAction, string])[] = [
  ['create', 'a new encrypted file, written in EDITOR'],
  ['decrypt', 'files in clear again'],
  ['edit', 'change encrypted files in EDITOR'],
  ['view', 'show encrypted files'],
  ['encrypt', 'encrypt files'],
  ['encrypt_string', 'encrypt texts, as values for YAML files'],
  ['rekey', 'give encrypted files another password'],
];

/** `kprov vault ACTION`, with the options of each action. */
export function vaultCommand({ done }: Surroundings): Command {
  const command = new Command('vault').summary('encrypt and decrypt files, as ansible-vault');
  for (const [action, about] of vaultActions) {
    const isWriting = action !== 'view' && action !== 'edit';
    const own = vaultOptions(new Command(action))
      .summary(about)
      .argument(action === 'encrypt_string' ? '[text...]' : '[file...]')
      .addOption(verboseOption('say which configuration file counts'));
    if (isWriting && action !== 'decrypt') {
      own.option('--encrypt-vault-id <id>', 'which of several passwords to encrypt with');
    }
    if (isWriting && action !== 'rekey' && action !== 'create') {
      own.option('--output <file>', 'where to write it; - is standard output');
    }
    if (action === 'create') own.option('--skip-tty-check', 'accepted: an editor need not have a terminal', false);
    if (action === 'rekey') {
      own
        .option('--new-vault-id <id>', 'the new password: [label@]source')
        .option('--new-vault-password-file <file>', 'file or script with the new password');
    }
    if (action === 'encrypt_string') {
      own
        .option('-n, --name <name>', 'name of the variable; one for each text', collect, [])
        .option('--stdin-name <name>', 'name of the variable that comes on standard input')
        .option('-p, --prompt', 'ask for the text', false)
        .option('--show-input', 'show the text while it is typed', false);
    }
    own.action(async (args: string[], flags: Partial<VaultFlags>) => {
      const { vault } = await import('../commands/vault.js');
      const defaults = { vaultId: [], vaultPasswordFile: [], askVaultPassword: false, name: [] };
      done(await vault(action, args, { ...defaults, verbose: 0, prompt: false, showInput: false, ...flags }));
    });
    command.addCommand(own);
  }
  return command;
}
