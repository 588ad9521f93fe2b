import { TemplateError } from '../errors.js';
import { itemsOf } from '../python/iterate.js';
import { numberOf, Range } from '../python/kinds.js';
import { asLiteral, asNative } from '../python/literal.js';
import { str } from '../python/repr.js';
import type { Compiled, Engine, Evaluation } from '../runtime/contracts.js';
import { type BlockBody, Frame, Run } from '../runtime/frame.js';
import { Output } from '../runtime/output.js';
import type { Expression, Statement } from '../syntax/ast.js';
import type { Syntax } from '../syntax/delimiters.js';
import { parseTemplate } from '../syntax/parse.js';
import { partsOf } from '../syntax/walk.js';
import type { TextKind } from '../types.js';
import { loadTemplate, Self } from './inheritance.js';
import { namesOf } from './names.js';
import { statementCompiler } from './statement.js';
import { kindOfExpression } from './text-kind.js';
import type { Evaluate, Execute, StatementCompiler } from './types.js';
import { changesValues, isTextForGood } from './uses.js';

/** Runs with errors placed in this text; running out of stack is the template's fault, not ours. */
export function placed<T>(
  source: string,
  name: string | undefined,
  evaluation: Evaluation | undefined,
  run: () => T,
): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateError) {
      error.offset ??= evaluation?.at;
      throw error.locate(source, name);
    }
    // Even compiling a regular expression fails so when the stack is used up, as a SyntaxError.
    if (error instanceof Error && error.message.includes('Maximum call stack')) {
      throw new TemplateError('the template is nested too deeply or calls itself without end', {
        code: 'template-too-big',
        offset: evaluation?.at ?? 0,
      }).locate(source, name);
    }
    if (error instanceof RangeError) {
      // Sizes that JavaScript itself refuses: of a text, a list, a number of digits.
      throw new TemplateError(`a value in the template is too big: ${error.message}`, {
        code: 'template-too-big',
        offset: evaluation?.at ?? 0,
        cause: error,
      }).locate(source, name);
    }
    throw error;
  }
}

/** The blocks of a template, those within other statements included, by name. */
function compileBlocks(statements: readonly Statement[], compiler: StatementCompiler): Map<string, BlockBody> {
  const blocks = new Map<string, BlockBody>();
  const collect = (body: readonly Statement[]): void => {
    for (const statement of body) {
      if (statement.kind === 'block') {
        if (blocks.has(statement.name)) {
          throw new TemplateError(`block '${statement.name}' defined twice`, {
            code: 'template-syntax',
            offset: statement.offset,
          });
        }
        blocks.set(statement.name, compiler.body(statement.body));
      }
      partsOf(statement).bodies.forEach(collect);
    }
  };
  collect(statements);
  return blocks;
}

class CompiledTemplate implements Compiled {
  readonly body: Execute;
  readonly blocks: ReadonlyMap<string, BlockBody>;
  /** The expression of a text that is nothing but one `{{ }}` and perhaps newlines after it. */
  readonly single: Evaluate | undefined;
  readonly singleNode: Expression | undefined;
  readonly compile: (node: Expression) => Evaluate;
  readonly changes: boolean;
  readonly newlines: number;

  constructor(
    readonly source: string,
    readonly name: string | undefined,
    statements: readonly Statement[],
    compiler: StatementCompiler,
  ) {
    this.compile = (node) => compiler.expression(node);
    this.newlines = trailingNewlines(source);
    const [first, ...others] = statements;
    const isSingle = first?.kind === 'output' && others.length === 0 && this.newlines <= 1;
    this.singleNode = isSingle ? first.value : undefined;
    this.single = this.singleNode && compiler.expression(this.singleNode);
    this.body = compiler.body(statements);
    this.blocks = compileBlocks(statements, compiler);
    this.changes = changesValues(statements);
  }

  run(evaluation: Evaluation, output: Output, names?: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
    const run = new Run();
    const frame = new Frame(evaluation, run, output);
    if (names !== undefined) for (const [name, value] of names) frame.set(name, value);
    const { copies } = evaluation;
    if (this.changes) evaluation.copies = true;
    try {
      this.runIn(frame);
    } finally {
      evaluation.copies = copies;
    }
    return frame.exported();
  }

  runIn(frame: Frame): void {
    const { rendering, run, output } = frame;
    for (const [name, body] of this.blocks) run.blocks.set(name, [...(run.blocks.get(name) ?? []), body]);
    if (run.blocks.size > 0) frame.set('self', new Self(frame));
    placed(this.source, this.name, rendering, () => {
      this.body(frame);
      const { parentName } = run;
      if (parentName === undefined) return;
      rendering.step();
      const parent = loadTemplate(frame, parentName);
      if (!(parent instanceof CompiledTemplate)) {
        throw new TemplateError(`template '${parentName}' was not found`, { code: 'template-not-found' });
      }
      run.parentName = undefined;
      frame.output = output;
      parent.runIn(frame);
    });
  }

  /** The text, with the newlines at its end that Jinja2 takes away and Ansible gives back. */
  renderText(evaluation: Evaluation, keepsNewline: boolean): string {
    const output = new Output();
    this.run(evaluation, output);
    const { text } = output;
    return keepsNewline ? text + '\n'.repeat(Math.max(0, this.newlines - trailingNewlines(text))) : text;
  }

  renderNative(evaluation: Evaluation): unknown {
    const { single, singleNode } = this;
    const { native } = evaluation.engine.options;
    const literal = native === true ? asNative : asLiteral;
    if (single === undefined || singleNode === undefined) return literal(this.renderText(evaluation, true));
    const { copies } = evaluation;
    if (this.changes) evaluation.copies = true;
    const value = placed(this.source, this.name, evaluation, () =>
      single(new Frame(evaluation, new Run(), new Output())),
    );
    evaluation.copies = copies;
    // Ansible has a number as text here and gives it back the newline, but for a variable that holds a number.
    const isBare = singleNode.kind === 'name' && !evaluation.isRendered(singleNode.name);
    const isNumber = typeof value !== 'boolean' && numberOf(value) !== undefined;
    if (isNumber && this.newlines > 0 && !isBare) return `${str(value)}\n`;
    if (value === null && native === false && !isBare) return '';
    // A range that leaves its template has become a list.
    if (typeof value !== 'string') return value instanceof Range ? [...itemsOf(value)] : value;
    const isFinal =
      isTextForGood(singleNode, native) || (singleNode.kind === 'name' && evaluation.isRendered(singleNode.name));
    const result = isFinal ? value : literal(value);
    return typeof result === 'string' && this.newlines > trailingNewlines(result) ? `${result}\n` : result;
  }

  textKind(evaluation: Evaluation, path: readonly unknown[]): TextKind {
    // Without native types Ansible writes lists and mappings out and reads them back.
    const isKept = path.length === 0 || evaluation.engine.options.native === true;
    if (this.singleNode === undefined || !isKept) return 'str';
    return kindOfExpression(this.singleNode, new Frame(evaluation, new Run(), new Output()), path, this.compile);
  }
}

function trailingNewlines(text: string): number {
  let count = 0;
  while (text[text.length - 1 - count] === '\n') count++;
  return count;
}

export type { CompiledTemplate };

export function compileTemplate(source: string, syntax: Syntax, engine: Engine, name?: string): CompiledTemplate {
  return placed(source, name, undefined, () => {
    // Jinja2 drops one newline at the end; what Ansible does about it is up to the caller.
    const text = source.endsWith('\n') ? source.slice(0, -1) : source;
    return new CompiledTemplate(source, name, parseTemplate(text, syntax), statementCompiler(namesOf(engine)));
  });
}
