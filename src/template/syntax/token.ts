export type TokenType =
  | 'data'
  | 'variable-begin'
  | 'variable-end'
  | 'block-begin'
  | 'block-end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'end';

export interface Token {
  type: TokenType;
  value: string;
  /** In UTF-16 units from the text's start. */
  offset: number;
}

/** The token as a message names it. */
export function describe(token: Token): string {
  switch (token.type) {
    case 'end':
      return 'the end of the template';
    case 'variable-end':
    case 'block-end':
      return `the end of the ${token.type === 'block-end' ? 'statement' : 'expression'}`;
    default:
      return `'${token.value}'`;
  }
}
