import { isAlias, isSeq } from 'yaml';
import { isMapping } from '../values/index.js';
import { type Composed, report, type State } from './state.js';

/** Reported where it stands; no need to complain about the null in its stead. */
const hasUnknownAlias = (node: unknown, state: State): boolean =>
  isSeq(node)
    ? node.items.some((item) => hasUnknownAlias(item, state))
    : isAlias(node) && state.anchors.get(node.source) === undefined;

/** The mappings that `<<` brings, with their places; none where it is given something else, which is reported. */
export function mergeSources(value: Composed, node: unknown, state: State): Composed[] {
  const list = Array.isArray(value.value) ? value.value : [value.value];
  if (!list.every(isMapping)) {
    if (hasUnknownAlias(node, state)) return [];
    report(state, [value.place.start, value.place.end], {
      code: 'bad-merge',
      message: '`<<` merges mappings only',
      fix: 'give it an alias of a mapping, or a list of such aliases',
    });
    return [];
  }
  if (!Array.isArray(value.value)) return [value];
  const places = value.place.children;
  return list.map((item, index) => ({
    value: item,
    place: places?.get(index) ?? value.place,
    size: isSeq(node) ? value.size : 1,
  }));
}
