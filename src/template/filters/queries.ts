import * as jmespath from '@jmespath-community/jmespath';
import { TemplateError } from '../errors.js';
import { toValue } from '../python/copy.js';
import { type Filter, filter } from '../runtime/callables.js';
import { text } from './arguments.js';

function query(value: unknown, expression: string): unknown {
  try {
    return jmespath.search(JSON.parse(JSON.stringify(toValue(value))), expression);
  } catch (cause) {
    if (cause instanceof TemplateError) throw cause;
    throw new TemplateError(`json_query: ${cause instanceof Error ? cause.message : 'the query failed'}`, {
      code: 'bad-query',
      cause,
    });
  }
}

export const queryFilters: Readonly<Record<string, Filter>> = {
  json_query: filter('expr', (value, [expression]) => query(value, text(expression, 'the query'))),
};
