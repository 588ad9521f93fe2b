import type { Position } from '../errors/index.js';

const form = /^\{\{ (".*") \| vaulted\((".*"), (\d+), (\d+)\) \}\}$/s;

/** An encrypted value (`!vault`) and where it stands. */
export interface Vaulted {
  envelope: string;
  position: Position;
}

/**
 * The text that stands for an encrypted value until it is touched: a template that decrypts. So it is copied, merged
 * and kept like any other value, needs its password only where it is used, and shows nothing where it is printed.
 */
export const vaultedText = ({ envelope, position }: Vaulted): string =>
  `{{ ${JSON.stringify(envelope)} | vaulted(${JSON.stringify(position.file)}, ${position.line}, ${position.column}) }}`;

/** What `vaultedText` made; undefined for any other value. */
export function readVaulted(value: unknown): Vaulted | undefined {
  if (typeof value !== 'string' || !value.startsWith('{{ "$ANSIBLE_VAULT')) return undefined;
  const match = form.exec(value);
  if (match === null) return undefined;
  const [, envelope = '""', file = '""', line, column] = match;
  return {
    envelope: JSON.parse(envelope) as string,
    position: { file: JSON.parse(file) as string, line: Number(line), column: Number(column) },
  };
}
