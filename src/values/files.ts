export interface ReadOptions {
  /** Whether a file encrypted with ansible-vault is given in clear; default true. */
  decrypt?: boolean;
}

/** A file of the control machine that is too large to be held in memory: what it is, not what is in it. */
export interface LargeFile {
  path: string;
  /** Bytes. */
  size: number;
  sha256: string;
  /** Throws Pending while it is worked out; `md5` likewise. */
  readonly sha1: string;
  readonly md5: string;
}

/** What goes to a host: the bytes themselves, or a file that is read piece by piece while it is sent. */
export type FileContent = Uint8Array | LargeFile;

export const isLarge = (content: FileContent): content is LargeFile => !(content instanceof Uint8Array);

/** What a path is, links not followed. */
export interface PathFacts {
  kind: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits. */
  mode: number;
  /** Bytes. */
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  uid: number;
  gid: number;
  /** Where a link leads. */
  target?: string;
}

/** Read-only access to the control machine's files, handed to code that is otherwise pure. All calls are synchronous. */
export interface Files {
  /** What a key that a YAML file gives twice is; default `error`. Otherwise the last one counts. */
  duplicateKeys?: 'error' | 'warn' | 'ignore';
  /** The file's text as UTF-8, or undefined where it is not there or not a file. Throws KprovError when unreadable. */
  read(path: string): string | undefined;
  /** The file's bytes, likewise. */
  readBytes(path: string, options?: ReadOptions): Uint8Array | undefined;
  /**
   * The file, where it is too large to be read at once; undefined for any other (`readBytes` gives those). Throws
   * Pending while its digests are worked out.
   */
  large?(path: string): LargeFile | undefined;
  /** The first bytes of the file, at most so many; undefined where it is not there. */
  head?(path: string, bytes: number): Uint8Array | undefined;
  kind(path: string): 'file' | 'directory' | undefined;
  /** True where the file has an execute bit. */
  isExecutable(path: string): boolean;
  /** The permission bits (0o644); undefined where there is nothing, or where it is not known. */
  permissions?(path: string): number | undefined;
  /** Names in the directory, sorted; undefined where it is not a directory. */
  list(path: string): string[] | undefined;
  /** What the path itself is; undefined where there is nothing, or where it is not known. */
  look?(path: string): PathFacts | undefined;
}
