import { KprovError } from '../errors/index.js';

export interface TemplateErrorOptions {
  /** Stable code; default `template-error`. */
  code?: string;
  why?: string;
  fix?: string;
  /** Where in the text, in UTF-16 units from its start. */
  offset?: number;
  cause?: unknown;
}

/** A place within a template's text. `line` and `column` count from 1. */
export interface TemplatePlace {
  /** Name of the template, where it has one (a file, an included template). */
  name: string | undefined;
  offset: number;
  line: number;
  column: number;
}

function placeIn(source: string, offset: number, name?: string): TemplatePlace {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++;
  return { name, offset, line, column: offset - lineStart + 1 };
}

/** A template that is wrong, or that failed on the values it was given. */
export class TemplateError extends KprovError {
  offset: number | undefined;
  /** Set on the way out, by the text that the error was thrown in. */
  place: TemplatePlace | undefined;

  constructor(message: string, options: TemplateErrorOptions = {}) {
    super(options.code ?? 'template-error', message, {
      ...(options.why === undefined ? {} : { why: options.why }),
      ...(options.fix === undefined ? {} : { fix: options.fix }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.name = 'TemplateError';
    this.offset = options.offset;
  }

  /** Says where the error is, unless an inner text has said so already. */
  locate(source: string, name: string | undefined): this {
    if (this.place === undefined) this.place = placeIn(source, Math.min(this.offset ?? 0, source.length), name);
    return this;
  }

  get line(): number | undefined {
    return this.place?.line;
  }

  get column(): number | undefined {
    return this.place?.column;
  }
}

/** A variable, attribute or item that does not exist was used. */
export class UndefinedError extends TemplateError {
  /** The variable's name, where it was a variable. */
  readonly variable: string | undefined;

  constructor(message: string, options: TemplateErrorOptions & { variable?: string | undefined } = {}) {
    super(message, { code: 'undefined-variable', ...options });
    this.name = 'UndefinedError';
    this.variable = options.variable;
  }
}
