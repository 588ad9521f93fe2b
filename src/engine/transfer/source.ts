import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type FileContent, isLarge } from '../../values/index.js';
import { digestOfFirst } from './large-files.js';

/** Content that is read piece by piece. */
export interface Source {
  size: number;
  /** Names the content: the same for the same bytes. */
  id: string;
  /** Fewer bytes than asked for only at the end. They may be in `into`, where it is given and large enough. */
  read(at: number, length: number, into?: Buffer): Promise<Buffer>;
  /** SHA-256 of the first bytes. */
  digestOfFirst(length: number): Promise<string>;
  close(): Promise<void>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function ofBytes(content: Uint8Array): Source {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return {
    size: bytes.length,
    id: sha256(bytes),
    read: async (at, length) => bytes.subarray(at, at + length),
    digestOfFirst: async (length) => sha256(bytes.subarray(0, length)),
    close: async () => undefined,
  };
}

/** Opens the content for reading. The caller closes it. */
export function openSource(content: FileContent): Source {
  if (!isLarge(content)) return ofBytes(content);
  const { path, size, sha256: id } = content;
  let handle: Promise<FileHandle> | undefined;
  return {
    size,
    id,
    async read(at, length, into) {
      handle ??= open(path);
      const wanted = Math.min(length, size - at);
      const bytes = into ?? Buffer.allocUnsafe(wanted);
      const { bytesRead } = await (await handle).read(bytes, 0, wanted, at);
      return bytes.subarray(0, bytesRead);
    },
    digestOfFirst: async (length) => (length === size ? id : digestOfFirst(path, length)),
    close: async () => (await handle)?.close(),
  };
}
