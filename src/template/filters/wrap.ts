export interface Wrapping {
  width: number;
  breaksLongWords: boolean;
  breaksOnHyphens: boolean;
}

/** A line's words, blanks and parts of hyphenated words, as Python's textwrap cuts them. */
function chunksOf(line: string, breaksOnHyphens: boolean): string[] {
  const words = line.match(/\s+|\S+/g) ?? [];
  if (!breaksOnHyphens) return words;
  return words.flatMap((word) =>
    /^\s/.test(word)
      ? [word]
      : word.split(/(?<=[^\W\d_]{2,}-)(?=[^\W\d_]-?[^\W\d_])|(?<=[\w!"'&.,?])(?=-{2,}\w)|(?<=-{2,})(?=\w)/),
  );
}

/** Python's `textwrap.wrap` of one line, with `replace_whitespace` and `expand_tabs` off. */
export function wrapLine(line: string, { width, breaksLongWords, breaksOnHyphens }: Wrapping): string[] {
  const size = Math.max(1, width);
  const chunks = chunksOf(line, breaksOnHyphens).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    let current: string[] = [];
    let length = 0;
    if (lines.length > 0 && (chunks.at(-1) ?? '').trim() === '') chunks.pop();
    while (chunks.length > 0) {
      const next = chunks.at(-1) ?? '';
      if (length + next.length > size) break;
      current.push(next);
      chunks.pop();
      length += next.length;
    }
    const long = chunks.at(-1);
    if (long !== undefined && long.length > size) {
      if (breaksLongWords) {
        const room = size - length;
        const hyphen = breaksOnHyphens ? long.slice(0, room).lastIndexOf('-') : -1;
        const end = hyphen > 0 && /[^-]/.test(long.slice(0, hyphen)) ? hyphen + 1 : room;
        current.push(long.slice(0, end));
        chunks[chunks.length - 1] = long.slice(end);
      } else if (current.length === 0) current.push(chunks.pop() ?? '');
    }
    if ((current.at(-1) ?? '').trim() === '' && current.length > 0) current = current.slice(0, -1);
    if (current.length > 0) lines.push(current.join(''));
  }
  return lines;
}
