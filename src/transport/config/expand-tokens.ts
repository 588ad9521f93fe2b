/** What the percent tokens of ssh_config(5) stand for; only those that a setting may use are given. */
export type Tokens = Readonly<Record<string, string>>;

export interface Surroundings {
  homeDir: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Expands `%h` and the like. Returns the problem where a token is not known or not allowed there. */
export function expandTokens(text: string, tokens: Tokens): { text: string } | { problem: string } {
  let problem: string | undefined;
  const expanded = text.replace(/%(.?)/gs, (whole, letter: string) => {
    if (letter === '%') return '%';
    const value = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
    if (value === undefined) problem ??= `"${whole}" is not supported here`;
    return value ?? '';
  });
  return problem === undefined ? { text: expanded } : { problem };
}

/** A path of ssh_config: `~`, `${NAME}` and percent tokens. */
export function expandPath(path: string, tokens: Tokens, around: Surroundings): { text: string } | { problem: string } {
  if (/^~[^/]/.test(path)) return { problem: `"${path}": only "~/" is supported, not another user's home` };
  const unset: string[] = [];
  const withHome = path.startsWith('~') ? around.homeDir + path.slice(1) : path;
  const withEnv = withHome.replace(/\$\{(\w{0,200})\}/g, (_, name: string) => {
    const value = Object.hasOwn(around.env, name) ? around.env[name] : undefined;
    if (value === undefined) unset.push(name);
    // What came from the environment is no template.
    return (value ?? '').replaceAll('%', '%%');
  });
  if (unset.length > 0) return { problem: `"${path}": the environment has no ${unset.join(', ')}` };
  return expandTokens(withEnv, tokens);
}
