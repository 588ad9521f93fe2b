import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import {
  type ConnectionDefaults,
  controlPaths,
  fileFilters,
  fileTests,
  lookups,
  nodeFiles,
  type OncePrompts,
  passwordFilters,
  passwordLookup,
  vaultFilters,
} from '../engine/index.js';
import { type Diagnostic, InputError, KprovError } from '../errors/index.js';
import { type Inventory, loadInventory } from '../inventory/index.js';
import { type LoadOptions, loadPlaybook, registryCatalogue } from '../playbook/index.js';
import { createTemplar, type Templar } from '../template/index.js';
import { createTransport, type Transport } from '../transport/index.js';
import { type Files, type Mapping, Redactor } from '../values/index.js';
import { Vault, vaultFiles } from '../vault/index.js';
import { readExtraVars } from './extra-vars.js';
import { readLimit } from './limit.js';
import type { ConnectionFlags } from './options.js';
import { loadOwnTasks } from './own-tasks.js';
import { passwordFrom } from './password-file.js';
import { terminalPrompts } from './prompts.js';
import { renderKnown } from './render-known.js';
import type { Settings } from './settings/index.js';
import { playDefaults } from './settings/play-defaults.js';
import { sayError } from './terminal.js';
import { readVaultSecrets } from './vault-secrets.js';

export { refuseErrors } from './refuse-errors.js';

/** What every command that reaches hosts or reads playbooks is set up with. */
export interface Setup {
  inventory: Inventory;
  /** Reads it anew. Throws InputError. */
  reloadInventory(): Promise<Inventory>;
  diagnostics: Diagnostic[];
  extraVars: Mapping;
  /** `--limit`, files read. */
  limit: readonly string[];
  templar: Templar;
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

export function makeTemplar(
  warn: (message: string) => void,
  { files, vault, settings }: Pick<Setup, 'files' | 'vault'> & Partial<Pick<Setup, 'settings'>> = {
    files: nodeFiles,
    vault: new Vault(),
  },
): Templar {
  return createTemplar({
    lookups: { ...lookups(files, process.env), password: passwordLookup((text) => vault.hide(text)) },
    tests: fileTests(files),
    filters: { ...fileFilters(files), ...vaultFilters(vault), ...passwordFilters((text) => vault.hide(text)) },
    environment: {
      now: () => Date.now(),
      random: () => Math.random(),
      utcOffsetMinutes: (at) => -new Date(at).getTimezoneOffset(),
      homeDirectory: () => homedir(),
      variable: (name) => process.env[name],
      workingDirectory: () => process.cwd(),
      ...controlPaths,
    },
    native: settings?.flag('jinja2_native') ?? false,
    loadTemplate: (name) => files.read(name),
    onDeprecated: warn,
  });
}

/** `force_valid_group_names`. */
function oddGroupNamesOf(settings: Settings | undefined): 'never' | 'ignore' | 'always' | 'silently' {
  const word = settings?.text('force_valid_group_names')?.toLowerCase() ?? 'ignore';
  if (word === 'never' || word === 'ignore' || word === 'always' || word === 'silently') return word;
  throw new KprovError('bad-setting', `${settings?.given.get('force_valid_group_names')?.from}: ${word}`, {
    why: 'expected always, never, ignore or silently',
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
  const oddGroupNames = oddGroupNamesOf(settings);
  return loadInventory([...sources], { files, runExecutable, cwd: process.cwd(), oddGroupNames });
}

/** The vault that the flags open, and the control machine's files as seen through it. */
export async function openVault(
  flags: Pick<ConnectionFlags, 'vaultId' | 'vaultPasswordFile' | 'askVaultPassword' | 'settings'>,
  { prompts, redactor }: Pick<Setup, 'prompts' | 'redactor'>,
): Promise<Pick<Setup, 'vault' | 'files' | 'lacks'>> {
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
function duplicateKeysOf({ settings, mayLackHosts }: ConnectionFlags): NonNullable<Files['duplicateKeys']> {
  const word = settings?.text('duplicate_dict_key')?.toLowerCase() ?? (mayLackHosts ? 'warn' : 'error');
  if (word === 'warn' || word === 'error' || word === 'ignore') return word;
  throw new KprovError('bad-setting', `${settings?.given.get('duplicate_dict_key')?.from}: ${word}`, {
    why: 'expected warn, error or ignore',
  });
}

/** Reads inventory and extra variables. Throws KprovError for wrong usage; what is wrong in files is in `diagnostics`. */
export async function setUp(flags: ConnectionFlags, warn: (message: string) => void): Promise<Setup> {
  const own = { redactor: new Redactor(), prompts: terminalPrompts() };
  const unsealed = await openVault(flags, own);
  const files = { ...unsealed.files, duplicateKeys: duplicateKeysOf(flags) };
  const opened = { ...unsealed, files };
  const extraVars = readExtraVars(flags.extraVars, files);
  const { inventory, diagnostics } = await readInventory(flags.inventory, {
    files,
    settings: flags.settings,
    mayBeEmpty: flags.mayLackHosts === true,
  });
  const isBroken = diagnostics.some(({ severity }) => severity === 'error');
  const isEmpty = flags.mayLackHosts === true && inventory.hosts.size === 0;
  const showsDeprecations = flags.settings?.flag('deprecation_warnings') !== false;
  return {
    ...own,
    ...opened,
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
    templar: makeTemplar((message) => showsDeprecations && warn(message), {
      ...opened,
      settings: flags.settings,
    }),
    settings: flags.settings,
  };
}

/** Where roles are looked for, beside `roles/` next to the playbook. */
function rolesPathOf(settings: Settings | undefined): string[] {
  const given = settings?.paths('roles_path', ':') ?? [];
  if (given.length > 0) return given;
  return [resolve(homedir(), '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
}

export function playbookOptions(setup: Setup, strategy?: string): LoadOptions {
  const { templar, extraVars, files, settings } = setup;
  return {
    files,
    catalogue: registryCatalogue(),
    templateCheck: (text) => templar.check(text),
    staticVars: extraVars,
    renderStatic: (text, variables) => {
      const value = renderKnown(templar, text, variables);
      return value === undefined ? undefined : String(value);
    },
    rolesPath: rolesPathOf(settings),
    collectionsPath: [resolve(homedir(), '.ansible/collections'), '/usr/share/ansible/collections'],
    ...playDefaults(settings, strategy),
  };
}

/** `strategy` holds where neither the play nor the configuration has one. */
export function readPlaybooks(paths: readonly string[], setup: Setup, strategy?: string) {
  for (const path of paths) {
    if (nodeFiles.kind(path) === 'file') continue;
    const fix = /[=:]/.test(path) ? 'variables are given with -e' : undefined;
    throw new KprovError('file-not-found', `there is no playbook ${path}`, fix === undefined ? {} : { fix });
  }
  const problems = loadOwnTasks(paths, rolesPathOf(setup.settings));
  const loaded = loadPlaybook(paths, playbookOptions(setup, strategy));
  return { ...loaded, diagnostics: [...problems, ...loaded.diagnostics] };
}

const DEFAULT_TIMEOUT_S = 10;

export async function connectionDefaults(
  flags: ConnectionFlags,
  setup: Setup,
  signal: AbortSignal,
): Promise<ConnectionDefaults> {
  const secret = async (wanted: boolean, file: string | undefined, option: string, question: string) => {
    if (!wanted && file === undefined) return undefined;
    const typed =
      file === undefined
        ? await setup.prompts.ask(question, { secret: true, signal })
        : passwordFrom(file, option, nodeFiles);
    if (typed === undefined) {
      throw new KprovError('no-terminal', 'there is no terminal to ask for a password at', {
        fix: `${option} FILE, or ansible_password and ansible_become_password in a variables file`,
      });
    }
    setup.redactor.add(typed);
    return typed;
  };
  const password = await secret(
    flags.askPass,
    flags.connectionPasswordFile,
    '--connection-password-file',
    'SSH password: ',
  );
  const asked = await secret(
    flags.askBecomePass,
    flags.becomePasswordFile,
    '--become-password-file',
    `BECOME password${password === undefined ? '' : ' [defaults to SSH password]'}: `,
  );
  const [becomeExe, becomeFlags] = ['become_exe', 'become_flags'].map((name) => setup.settings?.text(name));
  const configured = setup.settings?.text('become_pass');
  if (configured !== undefined) setup.redactor.add(configured);
  const becomePassword = asked === '' ? password : (asked ?? configured);
  return {
    become: flags.become,
    becomeUser: flags.becomeUser ?? 'root',
    ...(flags.becomeMethod !== undefined && { becomeMethod: flags.becomeMethod }),
    ...(becomeExe !== undefined && { becomeExe }),
    ...(becomeFlags !== undefined && { becomeFlags }),
    ...(flags.port !== undefined && { port: flags.port }),
    ...(flags.user !== undefined && { user: flags.user }),
    ...(flags.privateKey !== undefined && { privateKeyFile: flags.privateKey }),
    ...(flags.connection !== undefined && { connection: flags.connection }),
    ...(flags.sshCommonArgs !== undefined && { commonArgs: flags.sshCommonArgs }),
    ...(password !== undefined && { password }),
    ...(becomePassword !== undefined && { becomePassword }),
  };
}

export function makeTransport(
  flags: ConnectionFlags,
  setup: Setup,
  signal: AbortSignal,
  warn: (message: string) => void,
): Transport {
  return createTransport({
    ...(flags.hostKeyChecking !== undefined && { hostKeyChecking: flags.hostKeyChecking }),
    connectTimeoutMs: (flags.timeout ?? DEFAULT_TIMEOUT_S) * 1000,
    askPassphrase: async (file) => {
      const typed = await setup.prompts.ask(`Passphrase of ${file}: `, { secret: true, signal });
      if (typed) setup.redactor.add(typed);
      return typed;
    },
    warn,
    env: process.env,
    homeDir: homedir(),
  });
}
