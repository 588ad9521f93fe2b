export interface Explanation {
  message: string;
  why?: string;
  fix?: string;
  /** Offset to point at instead of the reader's. */
  at?: readonly [number, number];
}

/** `name: {{ item }}`: the quotes that Ansible wants around a value that begins with a template. */
export function unquotedTemplate(text: string): Explanation & { code: string } {
  const quoted = text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
  return {
    code: 'yaml-syntax',
    message: 'a value that begins with a template must be quoted',
    why: 'YAML reads `{` at the start of a value as the beginning of a mapping',
    fix: text.length > 200 || text.includes('\n') ? 'put the value in quotes' : `write ${quoted}`,
  };
}

/** `"{{ dir }}"/file` → `"{{ dir }}/file"`. */
function requoted(text: string): string {
  if (text.startsWith("'")) return "quote the whole value; a ' inside single quotes is written twice";
  const bare = text.replace(/^"(.*?)"/, '$1');
  return `write ${bare.includes('"') ? `'${bare.replaceAll("'", "''")}'` : `"${bare}"`}`;
}

/** Mistakes that many people make, known by the text of the line on which the reader gave up or the one above it. */
export function commonMistake(line: string, start: number): Explanation | undefined {
  const tab = /^[ ]*\t/.exec(line);
  if (tab) {
    const at = start + tab[0].length - 1;
    return {
      message: 'a tab in the indentation',
      why: 'YAML indents with blanks only',
      fix: 'replace the tab by blanks',
      at: [at, at + 1],
    };
  }
  const template = /^(\s*(?:- +)*(?:[^\s'"#:][^'"#:]*:\s+)?)(\{[{%].*)$/.exec(line);
  if (template) {
    const at = start + (template[1] ?? '').length;
    const text = (template[2] ?? '').trimEnd();
    return { ...unquotedTemplate(text), at: [at, at + text.length] };
  }
  const afterQuote = /^(\s*(?:- +)*[^\s'"#:][^'"#:]*:\s+)((["']).*?\3\s*[^\s#,\]}].*)$/.exec(line);
  if (afterQuote) {
    const at = start + (afterQuote[1] ?? '').length;
    return {
      message: 'text after the closing quote',
      why: 'a value that begins with a quote must end with it',
      fix: requoted((afterQuote[2] ?? '').trimEnd()),
      at: [at, at + (afterQuote[2] ?? '').trimEnd().length],
    };
  }
  const unspaced = /^(\s*(?:- +)*)([A-Za-z_][\w.-]*):([^\s:/\\].*)$/.exec(line);
  if (unspaced && !/:\s/.test(unspaced[3] ?? '')) {
    const at = start + (unspaced[1] ?? '').length;
    return {
      message: `no blank after \`${unspaced[2]}:\``,
      why: 'a key and its value are separated by a colon and a blank',
      fix: `write \`${unspaced[2]}: ${unspaced[3]?.trimEnd()}\``,
      at: [at, at + (unspaced[2] ?? '').length + 1],
    };
  }
  return undefined;
}

/** A second `: ` in an unquoted value: `msg: error: no such file`. */
export function secondColon(line: string, start: number): Explanation | undefined {
  const match = /^(\s*(?:- +)*[^\s'"#:][^'"#:]*:\s+)([^\s'"|>[{&*!].*:(?:\s.*)?)$/.exec(line);
  if (!match) return undefined;
  const at = start + (match[1] ?? '').length;
  const text = (match[2] ?? '').trimEnd();
  return {
    message: 'a colon followed by a blank in an unquoted value',
    why: 'YAML reads it as another key',
    fix: `quote the value: '${text.replaceAll("'", "''")}'`,
    at: [at, at + text.length],
  };
}
