/** Text that is to stand as it is where templates are expanded: one that holds a template renders to itself. */
export function literalText(text: string): string {
  if (!/\{\{|\{%|\{#/.test(text)) return text;
  return text
    .split('{% endraw %}')
    .map((part) => `{% raw %}${part}{% endraw %}`)
    .join("{{ '{% endraw %}' }}");
}
