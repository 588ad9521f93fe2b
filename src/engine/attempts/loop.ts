import type { Loop } from '../../playbook/index.js';
import type { Templar, Variable, Variables } from '../../template/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../../values/index.js';

/** One turn of a loop: the variables it brings, and how it is called in the output. */
export interface Turn {
  item: Value;
  local: Mapping;
}

/** `with_…` is the lookup of that name, its items the terms. */
function lookUp(style: string, terms: Value, templar: Templar, variables: Variables): Value[] {
  if (style === 'list' && !Array.isArray(terms)) throw new RangeError('with_list expects a list');
  const list = Array.isArray(terms) ? terms : [terms];
  const given = mapping({ kprov_terms: list });
  const each = list.map((_, index) => `, kprov_terms[${index}]`).join('');
  const found = templar.evaluate(`query(${JSON.stringify(style)}${each})`, {
    get: (name) => (name in given ? { value: given[name], template: false } : variables.get(name)),
    names: () => variables.names(),
  });
  return Array.isArray(found) ? found : [found];
}

type Origin = Variable['origin'];

/** Says of a turn's variables where the item comes from. It goes along where they are copied. */
const ORIGIN = Symbol('origin of the item');

export const originOfItem = (local: Mapping): Origin => Reflect.get(local, ORIGIN) as Origin;

interface Items {
  items: readonly Value[];
  /** Where they come from; undefined: a host or a lookup had a part in them. */
  origin: Origin;
}

/** Lookups that bring nothing of their own. */
const rearranging = new Set('items list flattened nested cartesian together indexed_items dict subelements'.split(' '));

/** The items of `loop` or `with_…`. Throws RangeError where they are no list. */
export function loopItems(loop: Loop, templar: Templar, variables: Variables): Items {
  const { value: items, isOwn } = templar.renderTraced(loop.items, variables);
  if (loop.style !== 'loop') {
    const found = lookUp(loop.style, items, templar, variables);
    const isRearranged = isOwn && rearranging.has(loop.style.replace('ansible.builtin.', ''));
    return { items: found, origin: isRearranged ? 'rearranged' : undefined };
  }
  if (Array.isArray(items)) return { items, origin: isOwn ? 'author' : undefined };
  const what = isMapping(items) ? 'a mapping (use `| dict2items`)' : `${typeof items}`;
  throw new RangeError(`loop wants a list, but got ${what}`);
}

/** The variables of each turn, as loop_control asks for them. */
export function loopTurns(loop: Loop, { items, origin }: Items, templar: Templar, variables: Variables): Turn[] {
  const { control } = loop;
  const extended = control.extended !== undefined && templar.evaluateCondition(control.extended, variables);
  const allItems =
    control.extendedAllitems === undefined || templar.evaluateCondition(control.extendedAllitems, variables);
  const [loopVar, indexVar] = [control.loopVar, control.indexVar].map(
    (name) => name && String(templar.render(name, variables)),
  );
  return items.map((item, index) => {
    const local = mapping({ [loopVar ?? 'item']: item, ansible_loop_var: loopVar ?? 'item' });
    if (origin !== undefined) Object.assign(local, { [ORIGIN]: origin });
    if (indexVar !== undefined) Object.assign(local, { [indexVar]: index, ansible_index_var: indexVar });
    if (extended) {
      const previous = items[index - 1];
      const next = items[index + 1];
      local.ansible_loop = mapping({
        index: index + 1,
        index0: index,
        first: index === 0,
        last: index === items.length - 1,
        length: items.length,
        revindex: items.length - index,
        revindex0: items.length - index - 1,
        ...(allItems && { allitems: [...items] }),
        ...(next !== undefined && { nextitem: next }),
        ...(previous !== undefined && { previtem: previous }),
      });
    }
    return { item, local };
  });
}
