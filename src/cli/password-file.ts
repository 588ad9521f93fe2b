import { KprovError } from '../errors/index.js';
import type { Files } from '../values/index.js';

/** The first line of a file that holds a password. Throws KprovError where there is none. */
export function passwordFrom(file: string, option: string, files: Files): string {
  const text = files.read(file);
  if (text === undefined) throw new KprovError('file-not-found', `${option} ${file}: there is no such file`);
  const password = text.split(/\r?\n/)[0] ?? '';
  if (password === '') throw new KprovError('empty-password', `${option} ${file}: its first line is empty`);
  return password;
}
