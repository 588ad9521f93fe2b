import type { Diagnostic } from '../errors/index.js';
import type { Files, ReadOptions } from '../values/index.js';
import { secretsOf } from './contents.js';
import { HEADER } from './envelope.js';
import type { Vault } from './vault.js';

const start = Buffer.from(HEADER);

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const inline = /^(?:[^#\n]*?[:,[-]\s+)!vault(?:-encrypted)?[ \t]/m;

/** A value marked `!vault` in a text, where no password was given that could open it: Ansible refuses such a file too. */
function lackOfPassword(path: string, text: string): Diagnostic | undefined {
  const found = inline.exec(text);
  if (found === null) return undefined;
  const before = text.slice(0, found.index + found[0].length);
  const column = found[0].length - found[0].lastIndexOf('!vault') + 1;
  return {
    severity: 'error',
    code: 'no-vault-password',
    message: 'an encrypted value, and no vault password was given',
    position: {
      file: path,
      line: before.split('\n').length,
      column: before.length - before.lastIndexOf('\n') - column + 1,
      length: '!vault'.length,
    },
    fix: 'give the password:\n--vault-id FILE\n--ask-vault-password',
  };
}

/**
 * Files that are read in clear where they are encrypted, whatever they are for: variables, inventories, playbooks,
 * tasks, templates, and what copy, script and unarchive send. What stood in them is hidden from then on. `notice` gets
 * told of single encrypted values that nothing could open.
 */
export function vaultFiles(files: Files, vault: Vault, notice: (lack: Diagnostic) => void = () => undefined): Files {
  const opened = new Map<string, { sealed: Buffer; plain: Buffer }>();

  const open = (path: string, sealed: Buffer): Buffer => {
    const known = opened.get(path);
    if (known?.sealed.equals(sealed)) return known.plain;
    const plain = vault.decrypt(sealed.toString('latin1'), { file: path, line: 1, column: 1, length: HEADER.length });
    for (const secret of secretsOf(plain.toString('utf8'))) vault.hide(secret);
    opened.set(path, { sealed, plain });
    return plain;
  };

  const readBytes = (path: string, options: ReadOptions = {}): Uint8Array | undefined => {
    const bytes = files.readBytes(path, options);
    if (bytes === undefined || options.decrypt === false) return bytes;
    const buffer = asBuffer(bytes);
    return buffer.subarray(0, start.length).equals(start) ? open(path, buffer) : bytes;
  };

  const { large, head } = files;
  return {
    ...files,
    readBytes,
    // What is encrypted has to be decrypted as a whole, however large it is.
    ...(large !== undefined && {
      large: (path: string) => {
        const beginning = head?.(path, start.length);
        return beginning !== undefined && start.equals(beginning) ? undefined : large(path);
      },
    }),
    read: (path) => {
      const bytes = readBytes(path);
      if (bytes === undefined) return undefined;
      const text = asBuffer(bytes).toString('utf8');
      const lack = vault.secrets.length === 0 && text.includes('!vault') ? lackOfPassword(path, text) : undefined;
      if (lack !== undefined) notice(lack);
      return text;
    },
  };
}
