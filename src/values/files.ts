/** Read-only access to the control machine's files, handed to code that is otherwise pure. All calls are synchronous. */
export interface Files {
  /** The file's text as UTF-8, or undefined where it is not there or not a file. Throws KprovError when unreadable. */
  read(path: string): string | undefined;
  /** The file's bytes, likewise. */
  readBytes(path: string): Uint8Array | undefined;
  kind(path: string): 'file' | 'directory' | undefined;
  /** True where the file has an execute bit. */
  isExecutable(path: string): boolean;
  /** The permission bits (0o644); undefined where there is nothing, or where it is not known. */
  permissions?(path: string): number | undefined;
  /** Names in the directory, sorted; undefined where it is not a directory. */
  list(path: string): string[] | undefined;
}
