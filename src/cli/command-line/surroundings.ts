/** What the command line gives its commands. */
export interface Surroundings {
  /** The command line without `kprov`. */
  args: readonly string[];
  /** Takes the exit code. */
  done(code: number): void;
}
