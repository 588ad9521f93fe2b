import { Buffer } from 'node:buffer';
import type { Position } from '../errors/index.js';

const form = /^\{\{ "([\w+/=]*)" \| vaulted \}\}$/;

/** An encrypted value (`!vault`) and where it stands. */
export interface Vaulted {
  envelope: string;
  position: Position;
}

/**
 * The text that stands for an encrypted value until it is touched: a template that decrypts. So it is copied, merged
 * and kept like any other value, needs its password only where it is used, and shows nothing where it is printed.
 * Base64, since backslashes and quotes mean different things in different templates.
 */
export const vaultedText = ({ envelope, position: { file, line, column } }: Vaulted): string =>
  `{{ "${Buffer.from(JSON.stringify([envelope, file, line, column])).toString('base64')}" | vaulted }}`;

/** What `vaultedText` wrote between its quotes. */
export function readVaultedArgument(text: string): Vaulted {
  const [envelope, file, line, column] = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as [
    string,
    string,
    number,
    number,
  ];
  return { envelope, position: { file, line, column } };
}

/** What `vaultedText` made; undefined for any other value. */
export function readVaulted(value: unknown): Vaulted | undefined {
  if (typeof value !== 'string' || !value.startsWith('{{ "') || !value.endsWith('" | vaulted }}')) return undefined;
  const argument = form.exec(value)?.[1];
  return argument === undefined ? undefined : readVaultedArgument(argument);
}
