import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  type ConnectionDefaults,
  controlPaths,
  fileFilters,
  fileTests,
  lookups,
  nodeFiles,
  passwordFilters,
  passwordLookup,
  vaultFilters,
} from '../engine/index.js';
import { KprovError } from '../errors/index.js';
import { type LoadOptions, loadPlaybook, registryCatalogue } from '../playbook/index.js';
import { createTemplar, type Templar } from '../template/index.js';
import { createTransport, type Transport, type TransportOptions } from '../transport/index.js';
import { Vault } from '../vault/index.js';
import type { ParsedYaml } from '../yaml/index.js';
import { type Inputs, readInputs } from './inputs.js';
import type { ConnectionFlags } from './options.js';
import { OwnPlugins } from './own-plugins.js';
import { OwnTasks } from './own-tasks/index.js';
import { passwordFrom } from './password-file.js';
import { renderKnown } from './render-known.js';
import type { Settings } from './settings/index.js';
import { playDefaults } from './settings/play-defaults.js';
import { targetDefaults } from './target-defaults.js';

export { refuseErrors } from './refuse-errors.js';

/** What every command that reaches hosts or reads playbooks is set up with. */
export interface Setup extends Inputs {
  templar: Templar;
  ownTasks: OwnTasks;
  ownPlugins: OwnPlugins;
}

function makeTemplar(
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

/** Everything but the templates is read already, or is read now. Throws KprovError for wrong usage. */
export async function setUp(flags: ConnectionFlags, warn: (message: string) => void, inputs?: Inputs): Promise<Setup> {
  const read = inputs ?? (await readInputs(flags));
  const showsDeprecations = flags.settings?.flag('deprecation_warnings') !== false;
  const templar = makeTemplar((message) => showsDeprecations && warn(message), read);
  const ownTasks = new OwnTasks({
    roles: rolesPathOf(flags.settings),
    given: (flags.modulePath ?? []).flatMap((paths) => paths.split(':')),
    configured: flags.settings?.paths('library', ':') ?? [],
  });
  const ownPlugins = new OwnPlugins(templar, flags.settings, (message) => warn(`[WARNING]: ${message}`));
  return { ...read, templar, ownTasks, ownPlugins };
}

/** Where roles are looked for, beside `roles/` next to the playbook. */
function rolesPathOf(settings: Settings | undefined): string[] {
  const given = settings?.paths('roles_path', ':') ?? [];
  if (given.length > 0) return given;
  return [resolve(homedir(), '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles'];
}

/** How playbooks are loaded here. `strategy` holds where neither the play nor the configuration has one. */
export function playbookOptions(setup: Setup, strategy?: string): LoadOptions {
  const { templar, extraVars, files, settings } = setup;
  return {
    files,
    catalogue: registryCatalogue(),
    isLookup: (name) => setup.ownPlugins.hasLookup(name),
    onFolder: (folder) => {
      setup.ownPlugins.addFolder(resolve(folder));
      return setup.ownTasks.addFolder(resolve(folder));
    },
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

/** `strategy` holds where neither the play nor the configuration has one; `parsed` need not be read again. */
export function readPlaybooks(
  paths: readonly string[],
  setup: Setup,
  { strategy, parsed }: { strategy?: string | undefined; parsed?: ReadonlyMap<string, ParsedYaml> } = {},
) {
  for (const path of paths) {
    if (nodeFiles.kind(path) === 'file') continue;
    const fix = /[=:]/.test(path) ? 'variables are given with -e' : undefined;
    throw new KprovError('file-not-found', `there is no playbook ${path}`, fix === undefined ? {} : { fix });
  }
  for (const path of paths) setup.ownPlugins.addPlaybook(dirname(resolve(path)));
  const problems = setup.ownTasks.addPlaybooks(paths);
  const loaded = loadPlaybook(paths, { ...playbookOptions(setup, strategy), ...(parsed && { parsed }) });
  return { ...loaded, diagnostics: [...problems, ...loaded.diagnostics] };
}

const DEFAULT_TIMEOUT_S = 10;

/** What command line and settings say of connections; asks for passwords. Throws KprovError without a terminal. */
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
    ...targetDefaults(flags),
    ...(password !== undefined && { password }),
    ...(becomePassword !== undefined && { becomePassword }),
  };
}

/** The transport of a run: ssh and local, as the command line and the settings want them. */
export function makeTransport(
  flags: ConnectionFlags,
  setup: Setup,
  signal: AbortSignal,
  { warn, dialledAhead }: Pick<TransportOptions, 'warn' | 'dialledAhead'>,
): Transport {
  return createTransport({
    dialledAhead,
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
