import { execFile } from 'node:child_process';
import { nodeFiles } from '../engine/lookups/node-files.js';
import type { OncePrompts } from '../engine/variables/interaction.js';
import { type Diagnostic, InputError, KprovError } from '../errors/index.js';
import { type Inventory, loadInventory } from '../inventory/index.js';
import { type Files, type Mapping, Redactor } from '../values/index.js';
import { Vault, vaultFiles } from '../vault/index.js';
import { readExtraVars } from './extra-vars.js';
import { readLimit } from './limit.js';
import type { ConnectionFlags } from './options.js';
import { terminalPrompts } from './prompts.js';
import { hashBehaviourOf } from './settings/engine-settings.js';
import type { Settings } from './settings/index.js';
import { sayError, terminal } from './terminal.js';
import { readVaultSecrets } from './vault-secrets.js';

/** What is known before any playbook is read. It is read first, so that connections can be opened meanwhile. */
export interface Inputs {
  inventory: Inventory;
  /** Reads it anew. Throws InputError. */
  reloadInventory(): Promise<Inventory>;
  diagnostics: Diagnostic[];
  extraVars: Mapping;
  /** `--limit`, files read. */
  limit: readonly string[];
  redactor: Redactor;
  prompts: OncePrompts;
  vault: Vault;
  /** The control machine's, encrypted ones in clear. */
  files: Files;
  settings: Settings | undefined;
  /** Encrypted values that were met while there is no password at all. */
  lacks: readonly Diagnostic[];
}

function runExecutable(path: string, args: string[]): Promise<{ stdout: string; stderr: string; code: number | null }> {
  return new Promise((done) => {
    execFile(path, args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : null) : 0;
      done({ stdout, stderr: error && code === null ? `${stderr}${error.message}` : stderr, code });
    });
  });
}

/** What `-i` names. Throws KprovError where nothing was named and somebody must be. */
export function readInventory(
  sources: readonly string[],
  { files, settings, mayBeEmpty = false }: { files: Files; settings: Settings | undefined; mayBeEmpty?: boolean },
) {
  if (sources.length === 0 && !mayBeEmpty) {
    throw new KprovError('no-inventory', 'no inventory was given', {
      why: 'the inventory says which hosts there are and how to reach them',
      fix: 'give a file, a directory, an executable or a list:\n-i hosts.ini\n-i node1,node2,',
    });
  }
  const oddGroupNames =
    settings?.choice('force_valid_group_names', ['always', 'never', 'ignore', 'silently']) ?? 'ignore';
  const hashBehaviour = hashBehaviourOf(settings);
  return loadInventory([...sources], { files, runExecutable, cwd: process.cwd(), oddGroupNames, hashBehaviour });
}

/** The vault that the flags open, and the control machine's files as seen through it. */
export async function openVault(
  flags: Pick<ConnectionFlags, 'vaultId' | 'vaultPasswordFile' | 'askVaultPassword' | 'settings'>,
  { prompts, redactor }: Pick<Inputs, 'prompts' | 'redactor'>,
): Promise<Pick<Inputs, 'vault' | 'files' | 'lacks'>> {
  const { settings } = flags;
  const secrets = await readVaultSecrets(flags, {
    files: nodeFiles,
    ask: (question) => prompts.ask(question, { secret: true, signal: new AbortController().signal }),
    settings,
    warn: (message) => sayError(`[WARNING]: ${message}`),
  });
  for (const { secret } of secrets) redactor.add(secret.toString('utf8'));
  const vault = new Vault({
    secrets,
    isMatching: settings?.flag('vault_id_match') ?? false,
    onSecret: (text) => redactor.add(text),
  });
  const lacks: Diagnostic[] = [];
  return { vault, lacks, files: vaultFiles(nodeFiles, vault, (lack) => lacks.push(lack)) };
}

/** A key given twice: an error, but where kprov stands in for Ansible what Ansible makes of it. */
const duplicateKeysOf = ({ settings, mayLackHosts }: ConnectionFlags): NonNullable<Files['duplicateKeys']> =>
  settings?.choice('duplicate_dict_key', ['warn', 'error', 'ignore']) ?? (mayLackHosts ? 'warn' : 'error');

/** Reads inventory and extra variables. Throws KprovError for wrong usage; what is wrong in files is in `diagnostics`. */
export async function readInputs(flags: ConnectionFlags): Promise<Inputs> {
  const own = { redactor: new Redactor(), prompts: terminalPrompts() };
  terminal.secrets = own.redactor;
  const unsealed = await openVault(flags, own);
  const files = { ...unsealed.files, duplicateKeys: duplicateKeysOf(flags) };
  const extraVars = readExtraVars(flags.extraVars, files, hashBehaviourOf(flags.settings));
  const { inventory, diagnostics } = await readInventory(flags.inventory, {
    files,
    settings: flags.settings,
    mayBeEmpty: flags.mayLackHosts === true,
  });
  const isBroken = diagnostics.some(({ severity }) => severity === 'error');
  const isEmpty = flags.mayLackHosts === true && inventory.hosts.size === 0;
  return {
    ...own,
    ...unsealed,
    files,
    inventory,
    reloadInventory: async () => {
      const fresh = await readInventory(flags.inventory, { files, settings: flags.settings, mayBeEmpty: true });
      const errors = fresh.diagnostics.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw new InputError(errors);
      return fresh.inventory;
    },
    diagnostics,
    extraVars,
    limit: isBroken || isEmpty ? [] : readLimit(flags.limit, inventory, files),
    settings: flags.settings,
  };
}
