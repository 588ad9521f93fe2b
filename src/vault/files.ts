import type { Files, ReadOptions } from '../values/index.js';
import { secretsOf } from './contents.js';
import { HEADER } from './envelope.js';
import type { Vault } from './vault.js';

const start = Buffer.from(HEADER);

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Files that are read in clear where they are encrypted, whatever they are for: variables, inventories, playbooks,
 * tasks, templates, and what copy, script and unarchive send. What stood in them is hidden from then on.
 */
export function vaultFiles(files: Files, vault: Vault): Files {
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

  return {
    ...files,
    readBytes,
    read: (path) => {
      const bytes = readBytes(path);
      return bytes === undefined ? undefined : asBuffer(bytes).toString('utf8');
    },
  };
}
