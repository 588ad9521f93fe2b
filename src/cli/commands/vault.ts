import { existsSync } from 'node:fs';
import { nodeFiles } from '../../engine/index.js';
import { KprovError } from '../../errors/index.js';
import { isVaulted, Vault, type VaultSecret } from '../../vault/index.js';
import { exitCode } from '../exit-codes.js';
import { terminalPrompts } from '../prompts.js';
import { currentSettings, type Settings } from '../settings/index.js';
import { sayError } from '../terminal.js';
import { edited } from '../vault/editor.js';
import { page, readSource, readStandardInput, writeTarget } from '../vault/streams.js';
import { writeWhole } from '../vault/write.js';
import { readVaultSecrets, type SecretContext, type SecretSources } from '../vault-secrets.js';

export interface VaultFlags extends SecretSources {
  verbose: number;
  encryptVaultId?: string;
  output?: string;
  newVaultId?: string;
  newVaultPasswordFile?: string;
  name: string[];
  stdinName?: string;
  prompt: boolean;
  showInput: boolean;
}

interface Session {
  flags: VaultFlags;
  settings: Settings;
  secrets(sources: SecretSources, options: Pick<SecretContext, 'isNew' | 'skipsIdentityList'>): Promise<VaultSecret[]>;
}

const ask = async (question: string, secret: boolean): Promise<string | undefined> =>
  terminalPrompts().ask(question, { secret, signal: new AbortController().signal });

function open(flags: VaultFlags): Session {
  const settings = currentSettings(flags.verbose);
  return {
    flags,
    settings,
    secrets: (sources, options) =>
      readVaultSecrets(sources, {
        ...options,
        files: nodeFiles,
        ask: (question) => ask(question, true),
        settings,
        asksIfNone: true,
        warn: (message) => sayError(`[WARNING]: ${message}`),
      }),
  };
}

/** The one to encrypt with: of several, the one that was named. */
function chosen(secrets: readonly VaultSecret[], id: string | undefined): VaultSecret {
  const found = id === undefined ? secrets : secrets.filter((secret) => secret.id === id);
  const ids = secrets.map((secret) => secret.id).join(',');
  const [first, second] = found;
  if (first === undefined) {
    throw new KprovError(
      'no-vault-id',
      `Did not find a match for --encrypt-vault-id=${id} in the known vault-ids ${ids}`,
    );
  }
  if (id === undefined && second !== undefined) {
    throw new KprovError('several-vault-ids', `The vault-ids ${ids} are available to encrypt`, {
      fix: 'Specify the vault-id to encrypt with --encrypt-vault-id',
    });
  }
  return first;
}

const encryptId = ({ flags, settings }: Session): string | undefined =>
  flags.encryptVaultId ?? settings.text('vault_encrypt_identity');

const forEncrypting = async (session: Session): Promise<VaultSecret> =>
  chosen(await session.secrets(session.flags, { isNew: true }), encryptId(session));

const success = (word: string): void => {
  if (process.stdout.isTTY === true) sayError(`${word} successful`);
};

const asText = (bytes: Buffer): string => bytes.toString('latin1');

function requireOneInput({ output }: VaultFlags, files: readonly string[]): void {
  if (output === undefined || files.length < 2) return;
  throw new KprovError('bad-usage', 'At most one input file may be used with the --output option');
}

async function encrypt(files: readonly string[], session: Session): Promise<void> {
  const by = await forEncrypting(session);
  const vault = new Vault();
  if (files.length === 0 && process.stdin.isTTY === true) sayError('Reading plaintext input from stdin');
  for (const file of files.length > 0 ? files : ['-']) {
    const plain = await readSource(file);
    if (isVaulted(asText(plain))) throw new KprovError('already-vaulted', `${file}: input is already encrypted`);
    writeTarget(session.flags.output ?? file, Buffer.from(vault.encrypt(plain, by)));
  }
  success('Encryption');
}

const opened = async (session: Session): Promise<Vault> =>
  new Vault({
    secrets: await session.secrets(session.flags, {}),
    isMatching: session.settings.flag('vault_id_match') ?? false,
  });

const placeOf = (file: string) => ({ file, line: 1, column: 1 });

async function decrypt(files: readonly string[], session: Session): Promise<void> {
  const vault = await opened(session);
  if (files.length === 0 && process.stdin.isTTY === true) sayError('Reading ciphertext input from stdin');
  for (const file of files.length > 0 ? files : ['-']) {
    writeTarget(session.flags.output ?? file, vault.decrypt(asText(await readSource(file)), placeOf(file)));
  }
  success('Decryption');
}

async function view(files: readonly string[], session: Session): Promise<void> {
  const vault = await opened(session);
  for (const file of files) await page(vault.decrypt(asText(await readSource(file)), placeOf(file)).toString('utf8'));
}

async function edit(files: readonly string[], session: Session): Promise<void> {
  const vault = await opened(session);
  for (const file of files) {
    const { plain, by } = vault.open(asText(await readSource(file)), placeOf(file));
    const after = await edited(plain, file);
    if (!after.equals(plain)) writeWhole(file, Buffer.from(vault.encrypt(after, by)), { keepsMode: true });
  }
}

async function create(files: readonly string[], session: Session): Promise<void> {
  const [file, second] = files;
  if (file === undefined || second !== undefined) {
    throw new KprovError('bad-usage', 'vault create takes one file');
  }
  if (existsSync(file)) throw new KprovError('file-exists', `${file} exists, please use 'edit' instead`);
  const by = await forEncrypting(session);
  const text = await edited(Buffer.alloc(0), file);
  writeWhole(file, Buffer.from(new Vault().encrypt(text, by)));
}

async function rekey(files: readonly string[], session: Session): Promise<void> {
  const { flags } = session;
  if (flags.newVaultId !== undefined && flags.newVaultPasswordFile !== undefined) {
    throw new KprovError('bad-usage', '--new-vault-id and --new-vault-password-file exclude each other');
  }
  const vault = await opened(session);
  const id = encryptId(session);
  const sources = {
    vaultId: flags.newVaultId === undefined ? [] : [flags.newVaultId],
    vaultPasswordFile: flags.newVaultPasswordFile === undefined ? [] : [flags.newVaultPasswordFile],
    askVaultPassword: flags.askVaultPassword,
  };
  const fresh = await session.secrets(sources, { isNew: true, skipsIdentityList: id === undefined });
  const by = chosen(id === undefined ? fresh.slice(0, 1) : fresh, id);
  for (const file of files) {
    const plain = vault.decrypt(asText(await readSource(file)), placeOf(file));
    writeWhole(file, Buffer.from(vault.encrypt(plain, by)), { keepsMode: true });
  }
  sayError('Rekey successful');
}

interface Plain {
  text: Buffer;
  name: string | undefined;
  from: string;
}

/** As a value of a YAML file, to be pasted. */
function asYaml(envelope: string, name: string | undefined): string {
  const lines = envelope.trimEnd().split('\n');
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines.map((line) => `          ${line}`)].join('\n');
}

async function fromPrompt({ showInput }: VaultFlags): Promise<Plain> {
  const name = await ask('Variable name (enter for no name): ', false);
  const text = await ask(showInput ? 'String to encrypt: ' : 'String to encrypt (hidden): ', !showInput);
  if (text === undefined) throw new KprovError('no-terminal', 'there is no terminal to ask at');
  if (text === '')
    throw new KprovError('empty-text', 'The plaintext provided from the prompt was empty, not encrypting');
  return { text: Buffer.from(text), name: name || undefined, from: 'the interactive prompt' };
}

async function fromInput({ stdinName }: VaultFlags): Promise<Plain> {
  if (process.stdout.isTTY === true) {
    sayError(
      'Reading plaintext input from stdin. (ctrl-d to end input, twice if your content does not already have a newline)',
    );
  }
  const text = await readStandardInput();
  if (text.length === 0) throw new KprovError('empty-text', 'stdin was empty, not encrypting');
  return { text, name: stdinName, from: 'stdin' };
}

function fromArguments(texts: readonly string[], { name: names }: VaultFlags): Plain[] {
  if (names.length > 0 && texts.length > names.length) {
    sayError('The number of --name options do not match the number of args.');
    sayError(`The last named variable will be "${names.at(-1)}". The rest will not have names.`);
  }
  return texts.map((text, index) => {
    if (text === '') {
      throw new KprovError('empty-text', 'The plaintext provided from the command line args was empty, not encrypting');
    }
    return { text: Buffer.from(text), name: names[index], from: 'the command line args' };
  });
}

async function encryptString(args: readonly string[], session: Session): Promise<void> {
  const { flags } = session;
  const readsInput = args.length === 0 || args.includes('-') || flags.stdinName !== undefined;
  const isFed = readsInput && !(flags.prompt && args.length === 0 && flags.stdinName === undefined);
  if (flags.prompt && (args.includes('-') || flags.stdinName !== undefined)) {
    throw new KprovError('bad-usage', 'The --prompt option is not supported if also reading input from stdin');
  }
  const by = await forEncrypting(session);
  const plains: Plain[] = [];
  if (flags.prompt) plains.push(await fromPrompt(flags));
  if (isFed) plains.push(await fromInput(flags));
  plains.push(
    ...fromArguments(
      args.filter((arg) => arg !== '-'),
      flags,
    ),
  );
  const vault = new Vault();
  const texts = plains.map(({ text, name, from }, index) => {
    if (plains.length > 1) {
      const number = `string #${index + 1} from ${from}`;
      sayError(
        name === undefined
          ? `# The encrypted version of the ${number}.)`
          : `# The encrypted version of variable ("${name}", the ${number}).`,
      );
    }
    return asYaml(vault.encrypt(text, by), name);
  });
  const target = flags.output ?? '-';
  writeTarget(target, Buffer.from(texts.join('\n') + (target === '-' ? '\n' : '')));
  success('Encryption');
}

const actions = { encrypt, decrypt, view, edit, create, rekey, encrypt_string: encryptString } as const;

export type VaultAction = keyof typeof actions;

/** `kprov vault ACTION [FILE…]`, as ansible-vault. Throws KprovError for what cannot be done. */
export async function vault(action: VaultAction, args: readonly string[], flags: VaultFlags): Promise<number> {
  requireOneInput(flags, args);
  await actions[action](args, open(flags));
  return exitCode.ok;
}
