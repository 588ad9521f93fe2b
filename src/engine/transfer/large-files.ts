import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import PQueue from 'p-queue';
import { KprovError } from '../../errors/index.js';
import { type LargeFile, Pending } from '../../values/index.js';
import { digestBeside } from './digest-beside.js';

/**
 * From here on a file is not read at once and goes over a session of its own. Ten hosts, seconds by session and by shell:
 * 300 kB 0.9 and 1.0, 1 MB 1.0 and 1.5, 4 MB 1.7 and 3.7; with 50 ms of way 2.0 and 1.5, 2.3 and 2.2, 2.5 and 4.6.
 */
export const LARGE_BYTES = 512 * 1024;
/** Small enough that nothing else waits noticeably while a piece is hashed. */
const PIECE_BYTES = 1024 * 1024;
const VAULT = '$ANSIBLE_VAULT;';

interface Known {
  /** Changes when the file does. */
  version: string;
  file?: LargeFile;
  error?: unknown;
  ready: Promise<void>;
}

const versionOf = ({ size, mtimeNs, ino }: BigIntStats): string => `${size} ${mtimeNs} ${ino}`;

/** What is encrypted is decrypted as a whole. */
function isVaulted(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(VAULT.length);
    readSync(descriptor, head, 0, head.length, 0);
    return head.toString('latin1') === VAULT;
  } finally {
    closeSync(descriptor);
  }
}

/** SHA-256 of the first bytes, read in pieces. */
export async function digestOfFirst(path: string, length: number): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path);
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, length - at), at);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, cause: unknown): KprovError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new KprovError('unreadable-file', `cannot read ${path}: ${code}`, { cause });
}

/**
 * Sending needs SHA-256 only. The others are for results, and MD5 takes three times as long: they are worked out while
 * the file is under way, and throw Pending until then.
 */
function withLateDigests(
  file: Pick<LargeFile, 'path' | 'size' | 'sha256'>,
  others: Promise<{ digests: string[] }>,
): LargeFile {
  let digests: string[] | undefined;
  let error: unknown;
  const ready = others.then(
    (found) => {
      digests = found.digests;
    },
    (cause: unknown) => {
      error = cause;
    },
  );
  const late = (index: number): string => {
    if (error !== undefined) throw unreadable(file.path, error);
    if (!digests) throw new Pending(`a checksum of ${file.path}`, ready);
    return digests[index] ?? '';
  };
  return {
    ...file,
    get sha1() {
      return late(0);
    },
    get md5() {
      return late(1);
    },
  };
}

/** Looks large files up; each is hashed once, whatever the number of hosts it goes to. */
export function largeFiles(): (path: string) => LargeFile | undefined {
  const known = new Map<string, Known>();
  const reading = new PQueue({ concurrency: 2 });

  const look = (path: string, version: string): Known => {
    const entry: Known = { version, ready: Promise.resolve() };
    entry.ready = reading.add(async () => {
      const { size, digests } = await digestBeside(path, ['sha256']);
      const others = reading.add(() => digestBeside(path, ['sha1', 'md5']), { priority: -1 });
      entry.file = withLateDigests({ path, size, sha256: digests[0] ?? '' }, others);
    });
    entry.ready.catch((error: unknown) => {
      entry.error = error;
    });
    known.set(path, entry);
    return entry;
  };

  return (path) => {
    const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
    if (!stat?.isFile() || stat.size < LARGE_BYTES) return undefined;
    const version = versionOf(stat);
    const found = known.get(path);
    if (found?.version === version) {
      if (found.file) return found.file;
      if (found.error !== undefined) throw unreadable(path, found.error);
      throw new Pending(`the checksum of ${path}`, found.ready);
    }
    try {
      if (isVaulted(path)) return undefined;
    } catch (error) {
      throw unreadable(path, error);
    }
    throw new Pending(`the checksum of ${path}`, look(path, version).ready);
  };
}
