const [RAW, ENDRAW] = ['{% raw %}', '{% endraw %}'];

/** Text that is to stand as it is where templates are expanded: one that holds a template renders to itself. */
export function literalText(text: string): string {
  if (!/\{\{|\{%|\{#/.test(text)) return text;
  return text
    .split(ENDRAW)
    .map((part) => `${RAW}${part}${ENDRAW}`)
    .join(`{{ '${ENDRAW}' }}`);
}

/** Does the text look like one that `literalText` made? */
export const isLiteralText = (text: string): boolean => text.startsWith(RAW) && text.endsWith(ENDRAW);
