import { checkTextLength } from '../python/limits.js';

/** What a template has written so far. */
export class Output {
  text = '';

  write(text: string): void {
    this.text += text;
    checkTextLength(this.text.length);
  }
}
