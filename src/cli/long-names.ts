/** Ansible's other spellings of options → the one in the help. */
const others: Readonly<Record<string, string>> = {
  '--inventory-file': '--inventory',
  '--key-file': '--private-key',
  '--conn-pass-file': '--connection-password-file',
  '--become-pass-file': '--become-password-file',
  '--vault-pass-file': '--vault-password-file',
  '--ask-vault-pass': '--ask-vault-password',
  '--requirements-file': '--role-file',
  '--force-with-deps': '--force',
};

/** The command line with each option in its one spelling; what comes after `--` stays as it is. */
export function withOneSpelling(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    if (end >= 0 && index >= end) return arg;
    const at = arg.indexOf('=');
    const name = at < 0 ? arg : arg.slice(0, at);
    const known = Object.hasOwn(others, name) ? others[name] : undefined;
    return known === undefined ? arg : `${known}${at < 0 ? '' : arg.slice(at)}`;
  });
}

/** Options of ansible-playbook that have another spelling here: what they may be shortened to, too. */
const spellings = Object.keys(others);

/**
 * Long options that were shortened, written out, as Python's argparse does for ansible-playbook: `--list-ho`. What fits
 * several stays as it is.
 */
export function withoutAbbreviations(args: readonly string[], known: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => {
    if (!arg.startsWith('--') || arg === '--' || (end >= 0 && index >= end)) return arg;
    const at = arg.indexOf('=');
    const name = at < 0 ? arg : arg.slice(0, at);
    if (known.includes(name)) return arg;
    const fitting = [...known, ...spellings].filter((option) => option.startsWith(name));
    const [only, second] = [...new Set(fitting.map((option) => others[option] ?? option))];
    return only === undefined || second !== undefined ? arg : `${only}${at < 0 ? '' : arg.slice(at)}`;
  });
}
