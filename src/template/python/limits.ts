import { TemplateError } from '../errors.js';

/** No text and no list that a template makes grows longer than this (characters, elements). */
const LONGEST_TEXT = 64 * 1024 * 1024;
const LONGEST_LIST = 5_000_000;

export function checkTextLength(length: number): void {
  if (length > LONGEST_TEXT) {
    throw new TemplateError(`the template makes a text longer than ${LONGEST_TEXT} characters`, {
      code: 'template-too-big',
    });
  }
}

export function checkListLength(length: number): void {
  if (length > LONGEST_LIST) {
    throw new TemplateError(`the template makes a list of more than ${LONGEST_LIST} elements`, {
      code: 'template-too-big',
    });
  }
}

/** `text` repeated; a negative count is none, as in Python. */
export function repeatText(text: string, count: number): string {
  if (count <= 0) return '';
  checkTextLength(text.length * count);
  return text.repeat(count);
}
