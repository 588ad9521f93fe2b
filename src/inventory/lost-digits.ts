import type { Diagnostic, Position } from '../errors/index.js';
import type { Value } from '../values/index.js';
import { showName } from './names.js';

export interface WrittenNumber {
  name: string;
  /** As it stands in the file. */
  text: string | undefined;
  value: Value;
  position: Position;
}

/** A warning where a number ends in a zero that it loses: `1.30` is 1.3, which is never what a version wants to be. */
export function lostDigits({ name, text = '', value, position }: WrittenNumber, quoted: string): Diagnostic[] {
  // A password is never repeated, even where it looks like a number.
  if (/pass|secret|token|key/i.test(name)) return [];
  if (typeof value !== 'number' || !/^\s*[0-9]+\.[0-9]*0\s*$/.test(text)) return [];
  const shown = showName(name);
  return [
    {
      severity: 'warning',
      code: 'number-loses-digits',
      message: `${shown} is the number ${value}, not the text ${text.trim()}`,
      position,
      why: 'as with Ansible, what looks like a number is one',
      fix: `if it is a version, quote it: ${showName(quoted)}`,
    },
  ];
}
