import { isTruthy } from '../python/compare.js';
import { itemsOf } from '../python/iterate.js';
import { Callable } from '../python/kinds.js';
import type { Frame } from '../runtime/frame.js';
import { Loop } from '../runtime/loop.js';
import { Output } from '../runtime/output.js';
import type { Statement } from '../syntax/ast.js';
import type { Execute, StatementCompiler } from './types.js';

type ForNode = Extract<Statement, { kind: 'for' }>;

export function compileFor(node: ForNode, compiler: StatementCompiler): Execute {
  const over = compiler.expression(node.over);
  const assign = compiler.target(node.target);
  const filter = node.filter && compiler.expression(node.filter);
  const body = compiler.body(node.body);
  const otherwise = compiler.body(node.otherwise);
  const { offset } = node.over;

  const select = (frame: Frame, value: unknown): readonly unknown[] => {
    frame.rendering.at = offset;
    const items = itemsOf(value);
    if (filter === undefined) return items;
    return Array.from(items).filter((item) => {
      frame.rendering.step();
      const scope = frame.child();
      assign(scope, item);
      return isTruthy(filter(scope));
    });
  };

  const run = (frame: Frame, value: unknown, depth: number): 'done' | 'empty' => {
    const items = select(frame, value);
    if (items.length === 0) return 'empty';
    const recurse = new Callable('loop', ([inner]) => {
      const output = new Output();
      const scope = frame.child(output);
      if (run(scope, inner, depth + 1) === 'empty') otherwise(scope);
      return output.text;
    });
    const loop = new Loop(items, depth, node.recursive ? recurse : undefined);
    for (let index = 0; index < items.length; index++) {
      frame.rendering.step();
      loop.index = index;
      const scope = frame.child();
      scope.set('loop', loop);
      assign(scope, items[index]);
      if (body(scope) === 'break') break;
    }
    return 'done';
  };

  return (frame) => {
    if (run(frame, over(frame), 0) === 'empty') otherwise(frame.child());
    return undefined;
  };
}
