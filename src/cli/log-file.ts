import { closeSync, openSync, writeSync } from 'node:fs';
import { userInfo } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { KprovError } from '../errors/index.js';

const two = (value: number): string => String(value).padStart(2, '0');

/** As Python's logging has it: local time, a comma before the milliseconds. */
function stamp(at: Date): string {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${day} ${time},${String(at.getMilliseconds()).padStart(3, '0')}`;
}

export interface LogFile {
  write(text: string): void;
  close(): void;
}

/**
 * `log_path`: what is said is appended to the file, each message behind the time, the process and the user, as Ansible
 * writes its log. A file that is made is its owner's alone. Throws KprovError where it cannot be written.
 */
export function openLogFile(path: string, now: () => Date = () => new Date()): LogFile {
  let file: number;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (error) {
    throw new KprovError('log-file', `log_path: ${path} cannot be written`, { why: (error as Error).message });
  }
  const about = `p=${process.pid} u=${userInfo().username} n=kprov |`;
  return {
    write: (text) => {
      const message = stripVTControlCharacters(text).replace(/^\n+|\n+$/g, '');
      if (message !== '') writeSync(file, `${stamp(now())} ${about} ${message}\n`);
    },
    close: () => closeSync(file),
  };
}
