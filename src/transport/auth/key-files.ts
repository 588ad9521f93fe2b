import { readFile, stat } from 'node:fs/promises';
import { isEncrypted, publicPart } from './public-part.js';
import { type ParsedKey, parseKey } from './ssh2.js';

/** A private key file, or the public key alone where the private one is in the agent. */
export interface KeyFile {
  path: string;
  /** Undefined where only the private part could tell it: an encrypted key in an old format without `.pub`. */
  publicKey: ParsedKey | undefined;
  /** The private key where it needs no passphrase. */
  privateKey: ParsedKey | undefined;
  /** Asks for the passphrase, once a run. Undefined: there is none, or it was wrong. */
  unlock: (() => Promise<ParsedKey | undefined>) | undefined;
}

/** Why a key file is of no use. */
export interface UnusableKeyFile {
  path: string;
  problem: string;
  isMissing: boolean;
}

export interface KeyFilesOptions {
  askPassphrase(keyFile: string): Promise<string | undefined>;
  warn(message: string): void;
}

/** Reads and parses each key file once a run, and asks for each passphrase at most once. */
export class KeyFiles {
  readonly #options: KeyFilesOptions;
  readonly #files = new Map<string, Promise<KeyFile | UnusableKeyFile>>();

  constructor(options: KeyFilesOptions) {
    this.#options = options;
  }

  load(path: string): Promise<KeyFile | UnusableKeyFile> {
    const file = this.#files.get(path) ?? this.#read(path);
    this.#files.set(path, file);
    return file;
  }

  async #read(path: string): Promise<KeyFile | UnusableKeyFile> {
    const publicText = await readOrUndefined(path.endsWith('.pub') ? path : `${path}.pub`);
    const besides = publicText === undefined ? undefined : asKey(parseKey(publicText));
    let text: string;
    try {
      const problem = await findExposure(path);
      if (problem !== undefined) return { path, problem, isMissing: false };
      text = await readFile(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A public key alone is enough to pick the right key of the agent.
      if (besides !== undefined) return { path, publicKey: besides, privateKey: undefined, unlock: undefined };
      return {
        path,
        problem: code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`,
        isMissing: code === 'ENOENT',
      };
    }
    const parsed = parseKey(text);
    const key = asKey(parsed);
    if (key !== undefined) {
      const privateKey = key.isPrivateKey() ? key : undefined;
      return { path, publicKey: key, privateKey, unlock: undefined };
    }
    if (!isEncrypted(text))
      return { path, problem: `is no usable private key (${describe(parsed)})`, isMissing: false };
    const inside = publicPart(text);
    const publicKey = (inside === undefined ? undefined : asKey(parseKey(inside))) ?? besides;
    let unlocking: Promise<ParsedKey | undefined> | undefined;
    const unlock = (): Promise<ParsedKey | undefined> => {
      unlocking ??= this.#unlock(path, text);
      return unlocking;
    };
    return { path, publicKey, privateKey: undefined, unlock };
  }

  async #unlock(path: string, text: string): Promise<ParsedKey | undefined> {
    const passphrase = await this.#options.askPassphrase(path);
    if (passphrase === undefined || passphrase === '') return undefined;
    const key = asKey(parseKey(text, passphrase));
    if (key === undefined) this.#options.warn(`wrong passphrase for the key ${path}; it is not used`);
    return key;
  }
}

export const isUsable = (file: KeyFile | UnusableKeyFile): file is KeyFile => !('problem' in file);

function asKey(parsed: ParsedKey | Error): ParsedKey | undefined {
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return key instanceof Error ? undefined : (key as ParsedKey);
}

const describe = (parsed: ParsedKey | Error): string => (parsed instanceof Error ? parsed.message : 'unknown format');

async function readOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** ssh's own rule: a private key of ours that others may read is not used. */
async function findExposure(path: string): Promise<string | undefined> {
  const { mode, uid } = await stat(path);
  const isExposed = !path.endsWith('.pub') && uid === process.getuid?.() && (mode & 0o077) !== 0;
  return isExposed ? 'may be read by others; it is only used after: chmod 600' : undefined;
}
