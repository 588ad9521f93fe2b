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
export const textFilters = new Set([
  'string',
  'vaulted',
  'to_json',
  'to_nice_json',
  'to_yaml',
  'to_nice_yaml',
  'ppretty',
  'json',
]);

const isGiven = ({ named }: Arguments, parameter: string, value: boolean): boolean =>
  named.some(([name, given]) => name === parameter && given.kind === 'constant' && given.value === value);

/** `lookup('template', …, convert_data=False)`; with native types everywhere else, one that does not ask for them. */
export function isKeptText(args: Arguments, native: boolean | undefined): boolean {
  const [plugin] = args.positional;
  if (plugin?.kind !== 'constant' || !/^(ansible\.(builtin|legacy)\.)?template$/.test(String(plugin.value)))
    return false;
  return isGiven(args, 'convert_data', false) || (native === true && !isGiven(args, 'jinja2_native', true));
}

/** Is what the expression gives a text that stays one, whatever it looks like? */
export function isTextForGood(node: Expression, native: boolean | undefined): boolean {
  if (node.kind === 'filter') return textFilters.has(node.name.replace(/^.*\./, ''));
  if (node.kind === 'call') return isKeptText(node.args, native);
  if (node.kind !== 'conditional') return false;
  return [node.value, node.otherwise].every((each) => each === undefined || isTextForGood(each, native));
}
