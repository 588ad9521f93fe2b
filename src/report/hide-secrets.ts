const named =
  /\b([\w-]*(?:pass(?:word|phrase|wd)?|secret|token|certificate_key|ca_key)(?!\w*_file)\w*["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}'"]+)/gi;

/**
 * A line of a user's file as it may be shown: what is called a password, secret or token is stars, as many as there were
 * characters, so that marks below the line stay where they belong. A whole template shows nothing and stays.
 */
export const hideSecrets = (line: string): string =>
  line.replace(named, (whole, name: string, value: string) =>
    /^["']?(?:\{\{|[|>!&*])/.test(value) ? whole : name + value.replace(/[^"'\s]/g, '*'),
  );
