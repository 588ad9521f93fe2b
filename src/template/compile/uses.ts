import { changingMethods } from '../python/list-methods.js';
import type { Expression, Statement } from '../syntax/ast.js';
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

export const isTextByFilter = (node: Expression): boolean =>
  node.kind === 'filter'
    ? textFilters.has(node.name.replace(/^.*\./, ''))
    : node.kind === 'conditional' &&
      isTextByFilter(node.value) &&
      (node.otherwise === undefined || isTextByFilter(node.otherwise));
