/** How a template is written; the defaults are those of Ansible. */
export interface Delimiters {
  variableStart: string;
  variableEnd: string;
  blockStart: string;
  blockEnd: string;
  commentStart: string;
  commentEnd: string;
}

export interface Syntax extends Delimiters {
  /** A newline after a block tag is removed; default true. */
  trimBlocks: boolean;
  /** Blanks before a block tag that begins a line are removed; default false. */
  lstripBlocks: boolean;
  /**
   * Backslashes in the string literals of `{{ }}` are only backslashes, as in playbooks, where Ansible spares its
   * users the second round of escaping. False in template files and in conditions.
   */
  rawStrings: boolean;
}

export const defaultSyntax: Syntax = {
  variableStart: '{{',
  variableEnd: '}}',
  blockStart: '{%',
  blockEnd: '%}',
  commentStart: '{#',
  commentEnd: '#}',
  trimBlocks: true,
  lstripBlocks: false,
  rawStrings: false,
};

export const playbookSyntax: Syntax = { ...defaultSyntax, rawStrings: true };

/** True where the text may be a template. */
export const mayBeTemplate = (text: string): boolean =>
  text.includes('{') && (text.includes('{{') || text.includes('{%') || text.includes('{#'));
