import type { Value } from '../../values/index.js';
import { toValue } from '../python/copy.js';
import { fromJson, toJson } from './json.js';

/** JSON as Python writes it, plain ASCII; floats stay floats. */
export const writeJson = (value: Value): string => toJson(value);

/** JSON to a value, a float where the text writes one. Throws TemplateError for what is no JSON. */
export const readJson = (text: string): Value => toValue(fromJson(text));
