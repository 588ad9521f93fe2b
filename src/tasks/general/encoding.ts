import iconv from 'iconv-lite';
import { KprovError } from '../../errors/index.js';

/** The bytes of a text. Throws KprovError for an encoding that is not known and for a character that it does not have. */
export function encodeText(text: string, encoding: string): Buffer {
  const refuse = (message: string): never => {
    throw new KprovError('bad-argument', message);
  };
  if (/^(utf[-_]?8)?$/i.test(encoding)) {
    // The library would read the tables of all its encodings first.
    const bytes = Buffer.from(text);
    if (bytes.toString() === text) return bytes;
  }
  if (!iconv.encodingExists(encoding)) refuse(`there is no encoding ${encoding}`);
  const bytes = iconv.encode(text, encoding);
  if (iconv.decode(bytes, encoding) !== text) refuse(`${encoding} does not have all characters of the text`);
  return bytes;
}
