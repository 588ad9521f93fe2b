import { isMapping, type Mapping, mapping, parseBoolean, type Value } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { str, stringRepr } from '../python/repr.js';

const FLAGS = ['skip_missing'];

function refuse(what: string): never {
  throw new TemplateError(`subelements lookup expects a list of two or three items, ${what}`);
}

/** Ansible's lookup, unlike the filter, takes the list out of the elements that it hands back. */
function without(element: Mapping, [key = '', ...rest]: readonly string[]): Mapping {
  const copy = mapping(element);
  const inner = copy[key];
  if (rest.length > 0 && isMapping(inner)) copy[key] = without(inner, rest);
  else delete copy[key];
  return copy;
}

/** A result that was skipped, or an element that says so of itself. */
const isSkipped = (element: Mapping): boolean => (element.skipped ?? false) !== false;

/** The list at the end of the path; empty where `skipsMissing` lets something on the way be absent. */
function listIn(element: Mapping, path: readonly string[], skipsMissing: boolean): readonly Value[] {
  let inner = element;
  for (const key of path.slice(0, -1)) {
    const next = inner[key];
    if (isMapping(next)) inner = next;
    else if (!skipsMissing && next === undefined) throw missing(key, inner);
    else if (!skipsMissing) throw new TemplateError(`the key ${key} should point to a dictionary, got '${str(next)}'`);
  }
  const last = path.at(-1) ?? '';
  const list = inner[last];
  if (list === undefined && skipsMissing) return [];
  if (list === undefined) throw missing(last, inner);
  if (!Array.isArray(list)) throw new TemplateError(`the key ${last} should point to a list, got '${str(list)}'`);
  return list;
}

const missing = (key: string, inner: Mapping): TemplateError =>
  new TemplateError(`could not find ${stringRepr(key)} key in iterated item '${str(inner)}'`, {
    fix: 'pass skip_missing=true to leave such items out',
  });

/** `lookup('subelements', list, 'path.of.list', {skip_missing: true})`: each element with each member of its list. */
export function subelements(terms: readonly Value[]): Value[] {
  const [first, path, flags = {}, ...more] = terms;
  const from = first === undefined || Array.isArray(first) || isMapping(first) ? first : [first];
  if (from === undefined || path === undefined || more.length > 0) refuse(`got ${terms.length}`);
  if (typeof path !== 'string') {
    refuse('first a dict or a list, second a string pointing to the subkey');
  }
  if (!isMapping(flags) || !Object.keys(flags).every((name) => FLAGS.includes(name))) {
    refuse(`the optional third item must be a dict with flags ${str(FLAGS)}`);
  }
  if (isMapping(from) && isSkipped(from)) return [];
  const keys = path.split('.');
  const skipsMissing = parseBoolean(flags.skip_missing ?? false) === true;
  return (isMapping(from) ? Object.values(from) : from).flatMap((element) => {
    if (!isMapping(element)) throw new TemplateError(`subelements lookup expects a dictionary, got '${str(element)}'`);
    if (isSkipped(element)) return [];
    return listIn(element, keys, skipsMissing).map((item): Value => [without(element, keys), item]);
  });
}
