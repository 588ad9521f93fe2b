/** Lines `path:text` of `grep -H ''`, by path. No path that is asked for holds a colon. */
export class HostFiles {
  readonly #texts = new Map<string, string[]>();

  constructor(output: string) {
    for (const line of output.split('\n')) {
      const match = /^(\/[^:]*):(.*)$/.exec(line);
      const path = match?.[1];
      if (path === undefined) continue;
      const lines = this.#texts.get(path);
      if (lines) lines.push(match?.[2] ?? '');
      else this.#texts.set(path, [match?.[2] ?? '']);
    }
  }

  lines(path: string): readonly string[] {
    return this.#texts.get(path) ?? [];
  }

  /** The whole text, trimmed; undefined where there is no such file. */
  text(path: string): string | undefined {
    return this.#texts.get(path)?.join('\n').trim();
  }

  paths(prefix: string): string[] {
    return [...this.#texts.keys()].filter((path) => path.startsWith(prefix));
  }
}

/** `NAME=value` lines, quotes taken off as a shell would. */
export function parseAssignments(lines: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of lines) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line.trim());
    if (!match?.[1]) continue;
    const value = match[2] ?? '';
    const quoted = /^(["'])(.*)\1$/.exec(value);
    found[match[1]] = (quoted?.[2] ?? value).replaceAll(/\\(["'$`\\])/g, '$1');
  }
  return found;
}
