import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';

const refuse = (message: string): never => {
  throw new KprovError('bad-argument', message);
};

/** The bytes of an encoding with one byte a character, by character: the decoder's table, read backwards. */
function byteTable(encoding: string): ReadonlyMap<string, number> {
  const decoder = new TextDecoder(encoding);
  return new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
}

/**
 * The bytes of a text: UTF-8, UTF-16 or any encoding with one byte a character, by the names of the WHATWG Encoding
 * Standard. Throws KprovError for an encoding it does not know and for a character that the encoding does not have.
 */
export function encodeText(text: string, encoding: string): Buffer {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  if (name === 'utf-8' || name === 'utf8') return Buffer.from(text);
  if (name === 'utf-16' || name === 'utf-16le')
    return Buffer.from(`${name === 'utf-16' ? '\ufeff' : ''}${text}`, 'utf16le');
  if (name === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  let table: ReadonlyMap<string, number>;
  try {
    table = byteTable(name);
  } catch {
    return refuse(`there is no encoding ${encoding}`);
  }
  const bytes = Array.from(
    text,
    (character) => table.get(character) ?? refuse(`${encoding} has no ${JSON.stringify(character)}`),
  );
  return Buffer.from(bytes);
}
