import { changingMethods } from '../python/list-methods.js';
import type { Arguments, Expression, Statement } from '../syntax/ast.js';
import { walkExpressions } from '../syntax/walk.js';

/** True where the name is used anywhere inside. */
export function usesName(statements: readonly Statement[], name: string): boolean {
  let found = false;
  walkExpressions(statements, (node) => {
    if (node.kind === 'name' && node.name === name) found = true;
  });
  return found;
}

/** True where lists or mappings may be changed in place. */
export function changesValues(statements: readonly Statement[]): boolean {
  let found = false;
  walkExpressions(statements, (node) => {
    if (node.kind === 'attribute' && changingMethods.has(node.name)) found = true;
  });
  return found;
}

/** Filters whose texts Ansible never takes for lists or mappings. */
const textFilters = new Set([
  'string',
  'vaulted',
  'to_json',
  'to_nice_json',
  'to_yaml',
  'to_nice_yaml',
  'ppretty',
  'json',
]);

/** `lookup('template', …, convert_data=False)`. */
const isKeptText = ({ named }: Arguments): boolean =>
  named.some(([name, given]) => name === 'convert_data' && given.kind === 'constant' && given.value === false);

/** Is what the expression gives a text that stays one, whatever it looks like? */
export function isTextForGood(node: Expression): boolean {
  if (node.kind === 'filter') return textFilters.has(node.name.replace(/^.*\./, ''));
  if (node.kind === 'call') return isKeptText(node.args);
  if (node.kind !== 'conditional') return false;
  return isTextForGood(node.value) && (node.otherwise === undefined || isTextForGood(node.otherwise));
}
