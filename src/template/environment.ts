/** What is not a pure function of its arguments comes from here; a filter that needs a missing one says so. */
export interface Environment {
  /** Milliseconds since 1970. */
  now?(): number;
  /** Between 0 and 1, for `random` and `shuffle` without a seed. */
  random?(): number;
  /** Minutes that local time is ahead of UTC at that instant (milliseconds since 1970); default UTC. */
  utcOffsetMinutes?(epochMs: number): number;
  homeDirectory?(user?: string): string | undefined;
  variable?(name: string): string | undefined;
  realpath?(path: string): string;
  /** For the file tests: what is there without and with following a last symbolic link. */
  fileKind?(path: string, followsLinks: boolean): 'file' | 'directory' | 'link' | 'other' | undefined;
  isSameFile?(a: string, b: string): boolean;
  isMount?(path: string): boolean;
  /** The directory that `relpath` starts from. */
  workingDirectory?(): string;
}
