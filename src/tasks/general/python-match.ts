import { Buffer } from 'node:buffer';
import { pythonRegex } from '../../template/python/regex.js';

/** The bytes of a text, one character each: what Python's bytes expressions work on. */
export const asBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** Searches a Python expression in bytes. Throws KprovError where it is not one. */
export function bytesSearch(pattern: string): (subject: string) => RegExpExecArray | null {
  const { regex } = pythonRegex(asBytes(pattern));
  return (subject) => {
    regex.lastIndex = 0;
    return regex.exec(subject);
  };
}
