import type { Diagnostic, Position } from '../../errors/index.js';

export interface IniEntry {
  section: string;
  /** In small letters. */
  key: string;
  value: string;
  position: Position;
}

/** A thousand times what there is to set. */
const LARGEST_CHARACTERS = 1024 * 1024;

/**
 * An ini file as Python's configparser reads it for Ansible: `=` or `:`, keys in any case, comments behind `#` and `;`
 * on their own line or behind ` ;`, values that go on in indented lines.
 */
export function readIniFile(text: string, file: string): { entries: IniEntry[]; diagnostics: Diagnostic[] } {
  const entries: IniEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  let section: string | undefined;
  let last: IniEntry | undefined;
  let indent = 0;
  const known = new Set<string>();
  if (text.length > LARGEST_CHARACTERS) {
    const message = `more than ${LARGEST_CHARACTERS} characters of settings`;
    const position = { file, line: 1, column: 1 };
    return { entries, diagnostics: [{ severity: 'error', code: 'file-too-large', message, position }] };
  }
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const report = (message: string, fix: string): void =>
      void diagnostics.push({
        severity: 'error',
        code: 'bad-config-file',
        message,
        fix,
        position: { file, line: index + 1, column: 1, length: Math.max(1, line.length) },
      });
    const content = line.replace(/(^|\s);.*$/, '').replace(/^\s*#.*$/, '');
    const bare = content.trim();
    if (bare === '') continue;
    const depth = content.length - content.trimStart().length;
    if (last !== undefined && depth > indent) {
      last.value += `${last.value === '' ? '' : '\n'}${bare}`;
      continue;
    }
    const header = /^\[([^\]]+)\]/.exec(bare);
    if (header !== null) {
      section = header[1] ?? '';
      last = undefined;
      continue;
    }
    if (section === undefined) {
      report('a setting ahead of any section', 'begin the file with [defaults]');
      return { entries, diagnostics };
    }
    const at = bare.search(/[=:]/);
    if (at < 1) {
      report('a line without a value', 'write name = value');
      continue;
    }
    const key = bare.slice(0, at).trim().toLowerCase();
    if (known.has(`${section}\n${key}`)) {
      report(`\`${key}\` is given twice in [${section}]`, 'remove one of them');
      continue;
    }
    indent = depth;
    last = {
      section,
      key,
      value: bare.slice(at + 1).trim(),
      position: { file, line: index + 1, column: depth + 1, length: key.length },
    };
    entries.push(last);
    known.add(`${section}\n${key}`);
  }
  return { entries, diagnostics };
}
