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
