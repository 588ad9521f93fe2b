import { execFile } from 'node:child_process';
import { basename, extname, resolve } from 'node:path';
import { KprovError } from '../errors/index.js';
import type { Files } from '../values/index.js';
import { DEFAULT_ID, isVaulted, Vault, type VaultSecret } from '../vault/index.js';
import type { Settings } from './settings/index.js';

/** Asks at the terminal without showing the answer; undefined where there is none. */
export type AskSecret = (question: string) => Promise<string | undefined>;

export interface SecretSources {
  /** `--vault-id`: `[label@]source`. */
  vaultId: readonly string[];
  vaultPasswordFile: readonly string[];
  askVaultPassword: boolean;
}

export interface SecretContext {
  files: Files;
  ask: AskSecret;
  settings: Settings | undefined;
  /** A new password is asked for twice. */
  isNew?: boolean;
  /** The list of ids of the configuration does not count. */
  skipsIdentityList?: boolean;
  /** Where nothing else is given, somebody is asked. */
  asksIfNone?: boolean;
  warn(message: string): void;
}

interface Source {
  id: string;
  /** Undefined where no label was given. */
  label: string | undefined;
  kind: 'file' | 'prompt' | 'ask';
  path: string;
}

function sourceOf(text: string, identity: string): Source {
  const at = text.indexOf('@');
  const label = at < 0 ? undefined : text.slice(0, at);
  const path = at < 0 ? text : text.slice(at + 1);
  const kind = path === 'prompt' ? 'prompt' : path === 'prompt_ask_vault_pass' ? 'ask' : 'file';
  return { id: label || identity, label, kind, path };
}

function questionsOf({ kind, id }: Source, isNew: boolean): string[] {
  if (kind === 'ask') {
    return isNew ? ['New Vault password: ', 'Confirm New Vault password: '] : ['Vault password: '];
  }
  return isNew
    ? [`New vault password (${id}): `, `Confirm new vault password (${id}): `]
    : [`Vault password (${id}): `];
}

async function asked(source: Source, { ask, isNew = false }: SecretContext): Promise<VaultSecret> {
  const answers: string[] = [];
  for (const question of questionsOf(source, isNew)) {
    const answer = await ask(question);
    if (answer === undefined) {
      throw new KprovError('no-terminal', 'there is no terminal to ask for the vault password at', {
        fix: '--vault-password-file FILE',
      });
    }
    answers.push(answer.trim());
  }
  const [password = ''] = answers;
  if (answers.some((answer) => answer !== password)) throw new KprovError('no-match', 'Passwords do not match');
  if (password === '') throw new KprovError('empty-password', 'the vault password is empty');
  return { id: source.id, secret: Buffer.from(password), from: 'asked for' };
}

/** Runs a script for the password. One that is called `…-client` is told the id. */
function run(path: string, { label, id }: Source): Promise<Buffer> {
  const isClient = basename(path, extname(path)).endsWith('-client');
  const args = isClient && label !== undefined ? ['--vault-id', label] : [];
  return new Promise((done, fail) => {
    execFile(path, args, { encoding: 'buffer' }, (error, stdout, stderr) => {
      if (error === null) {
        done(stdout);
        return;
      }
      const code = typeof error.code === 'number' ? error.code : undefined;
      const said = stderr.toString().trim().split('\n').at(-1) ?? '';
      const why =
        isClient && code === 2
          ? `it knows no vault id ${id}`
          : code === undefined
            ? `it could not be run: ${String(error.code ?? error.signal)}`
            : `it ended with exit code ${code}${said === '' ? '' : `: ${said}`}`;
      fail(new KprovError('vault-script', `${path} gave no vault password`, { why }));
    });
  });
}

const trimEnds = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(/^[\r\n]+|[\r\n]+$/g, ''), 'latin1');
const strip = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(/^[ \t-\r]+|[ \t-\r]+$/g, ''), 'latin1');

async function fromFile(source: Source, context: SecretContext, known: readonly VaultSecret[]): Promise<VaultSecret> {
  const { files } = context;
  const path = resolve(source.path.replace(/^~(?=\/)/, process.env.HOME ?? '~'));
  if (files.kind(path) === 'directory') {
    throw new KprovError('bad-password-file', `The vault password file ${path} is a directory`);
  }
  if (files.kind(path) === undefined) {
    throw new KprovError('file-not-found', `The vault password file ${path} was not found`);
  }
  let secret: Buffer;
  if (files.isExecutable(path)) secret = trimEnds(await run(path, source));
  else {
    secret = strip(Buffer.from(files.readBytes(path, { decrypt: false }) ?? []));
    if (isVaulted(secret.toString('latin1'))) {
      secret = strip(
        new Vault({ secrets: known }).decrypt(secret.toString('latin1'), { file: path, line: 1, column: 1 }),
      );
    }
  }
  if (secret.length === 0) throw new KprovError('empty-password', `the vault password in ${path} is empty`);
  return { id: source.id, secret, from: source.path };
}

/**
 * The vault passwords that were given, in the order in which they are tried: ANSIBLE_VAULT_IDENTITY_LIST, `--vault-id`,
 * files, the terminal. As with Ansible one that cannot be had is only warned of, unless none can. Throws KprovError.
 */
export async function readVaultSecrets(sources: SecretSources, context: SecretContext): Promise<VaultSecret[]> {
  const { settings, warn } = context;
  const identity = settings?.text('vault_identity') ?? DEFAULT_ID;
  const file = settings?.path('vault_password_file');
  const listed = context.skipsIdentityList === true ? [] : (settings?.list('vault_identity_list') ?? []);
  const given = [...listed, ...sources.vaultId].map((text) => {
    if (text.includes(';')) {
      throw new KprovError('bad-vault-id', `${text} is no vault id: \`;\` is not allowed in one`);
    }
    return sourceOf(text, identity);
  });
  for (const path of [...sources.vaultPasswordFile, ...(file === undefined ? [] : [file])]) {
    given.push({ id: identity, label: identity, kind: 'file', path });
  }
  const asks = sources.askVaultPassword || settings?.flag('ask_vault_pass') === true;
  if (asks || (context.asksIfNone === true && given.length === 0)) {
    given.push({ id: identity, label: identity, kind: 'ask', path: '' });
  }
  const secrets: VaultSecret[] = [];
  let failure: KprovError | undefined;
  for (const source of given) {
    if (source.kind !== 'file') {
      secrets.push(await asked(source, context));
      continue;
    }
    try {
      secrets.push(await fromFile(source, context, secrets));
    } catch (error) {
      if (!(error instanceof KprovError)) throw error;
      failure = error;
      if (given.length > 1) warn(error.why === undefined ? error.message : `${error.message}: ${error.why}`);
    }
  }
  if (failure !== undefined && secrets.length === 0) throw failure;
  return secrets;
}
