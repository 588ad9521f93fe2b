import { TemplateError } from '../errors.js';
import { itemsOf } from '../python/iterate.js';
import { Callable, isList, Thing, Undefined } from '../python/kinds.js';
import { str } from '../python/repr.js';
import type { Compiled } from '../runtime/contracts.js';
import type { Frame } from '../runtime/frame.js';
import { Output } from '../runtime/output.js';
import { templateSource } from '../runtime/template-source.js';
import { Module } from '../runtime/things.js';
import type { Statement } from '../syntax/ast.js';
import { defaultSyntax } from '../syntax/delimiters.js';
import type { Execute, StatementCompiler } from './types.js';

type Node<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

export function loadTemplate(frame: Frame, name: string): Compiled | undefined {
  const { engine } = frame.rendering;
  const source = templateSource(frame.rendering, name);
  if (source === undefined) return undefined;
  return engine.compile(source, defaultSyntax, name);
}

function notFound(name: string): TemplateError {
  return new TemplateError(`template '${name}' was not found`, { code: 'template-not-found' });
}

/** The first of the templates that exists. */
function loadFirst(frame: Frame, value: unknown): Compiled {
  const names = isList(value) ? itemsOf(value).map(str) : [str(value)];
  for (const name of names) {
    const found = loadTemplate(frame, name);
    if (found !== undefined) return found;
  }
  throw notFound(names.join("', '"));
}

export function compileInclude(node: Node<'include'>, compiler: StatementCompiler): Execute {
  const name = compiler.expression(node.name);
  return (frame) => {
    const value = name(frame);
    frame.rendering.at = node.offset;
    frame.rendering.step();
    let template: Compiled;
    try {
      template = loadFirst(frame, value);
    } catch (error) {
      if (node.ignoreMissing && error instanceof TemplateError && error.code === 'template-not-found') return undefined;
      throw error;
    }
    template.run(frame.rendering, frame.output, node.withContext ? frame.flattened() : undefined);
    return undefined;
  };
}

function importModule(frame: Frame, value: unknown, withContext: boolean): Module {
  const template = loadFirst(frame, value);
  const output = new Output();
  const members = template.run(frame.rendering, output, withContext ? frame.flattened() : undefined);
  return new Module(str(value), members, output.text);
}

export function compileImport(node: Node<'import'>, compiler: StatementCompiler): Execute {
  const name = compiler.expression(node.name);
  return (frame) => {
    const value = name(frame);
    frame.rendering.at = node.offset;
    frame.rendering.step();
    frame.set(node.as, importModule(frame, value, node.withContext));
    return undefined;
  };
}

export function compileFromImport(node: Node<'from-import'>, compiler: StatementCompiler): Execute {
  const name = compiler.expression(node.name);
  return (frame) => {
    const value = name(frame);
    frame.rendering.at = node.offset;
    frame.rendering.step();
    const module = importModule(frame, value, node.withContext);
    for (const [imported, as] of node.names) {
      const member = module.attribute(imported);
      const missing = new Undefined(`the template '${module.name}' does not export the requested name '${imported}'`);
      frame.set(as, member === undefined ? missing : member);
    }
    return undefined;
  };
}

export function compileExtends(node: Node<'extends'>, compiler: StatementCompiler): Execute {
  const name = compiler.expression(node.name);
  return (frame) => {
    const value = str(name(frame));
    frame.rendering.at = node.offset;
    if (frame.run.parentName !== undefined) throw new TemplateError('extended multiple times');
    frame.run.parentName = value;
    // What follows outside of blocks is not written.
    frame.output = new Output();
    return undefined;
  };
}

/** `self` in a template: its blocks by name. */
export class Self extends Thing {
  readonly typeName = 'TemplateReference';

  constructor(readonly frame: Frame) {
    super();
  }

  attribute(name: string): unknown {
    const body = this.frame.run.blocks.get(name)?.[0];
    return body && new Callable(name, () => blockText(this.frame, name, 0));
  }
}

function blockText(frame: Frame, name: string, level: number): string {
  const output = new Output();
  runBlock(frame.child(output), name, level);
  return output.text;
}

function runBlock(frame: Frame, name: string, level: number): void {
  frame.rendering.step();
  const body = frame.run.blocks.get(name)?.[level];
  const hasParent = frame.run.blocks.get(name)?.[level + 1] !== undefined;
  frame.set(
    'super',
    hasParent
      ? new Callable('super', () => blockText(frame, name, level + 1))
      : new Undefined(`there is no parent block called '${name}'`),
  );
  body?.(frame);
}

export function compileBlock(node: Node<'block'>): Execute {
  const { name, required, scoped, offset } = node;
  return (frame) => {
    if (frame.run.parentName !== undefined) return undefined;
    if (required && frame.run.blocks.get(name)?.length === 1) {
      throw new TemplateError(`required block '${name}' not found`, { offset });
    }
    // Only a scoped block sees the names of the loops and macros around it.
    let outer = frame;
    if (!scoped) while (outer.parent !== undefined) outer = outer.parent;
    runBlock(outer.child(frame.output), name, 0);
    return undefined;
  };
}
