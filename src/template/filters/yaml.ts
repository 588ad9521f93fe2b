import { isMap, isPair, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { TemplateError } from '../errors.js';
import { mapKey } from '../python/dict.js';
import { float } from '../python/kinds.js';
import { type Filter, filter } from '../runtime/callables.js';
import { dumpYaml } from '../yaml/dump.js';
import { looksTyped } from '../yaml/scalar.js';
import { flag, whole } from './arguments.js';

const known = new Set([
  'width',
  'sort_keys',
  'default_flow_style',
  'explicit_start',
  'explicit_end',
  'indent',
  'allow_unicode',
  'line_break',
]);

function dump(
  value: unknown,
  defaults: { indent: number; flow: boolean | undefined },
  extra: ReadonlyMap<string, unknown>,
): string {
  const unexpected = [...extra.keys()].find((name) => !known.has(name));
  if (unexpected !== undefined)
    throw new TemplateError(`to_yaml has no parameter '${unexpected}'`, { code: 'bad-arguments' });
  const flow = extra.has('default_flow_style') ? extra.get('default_flow_style') : (defaults.flow ?? null);
  const width = extra.get('width') ?? 80;
  return dumpYaml(value, {
    indent: whole(extra.get('indent'), 'indent', defaults.indent),
    width: typeof width === 'number' ? width : whole(width, 'width'),
    sortKeys: flag(extra.get('sort_keys'), true),
    flow: flow === null ? undefined : flag(flow),
    explicitStart: flag(extra.get('explicit_start')),
    explicitEnd: flag(extra.get('explicit_end')),
  });
}

/** YAML 1.1 as PyYAML reads it, with keys that are no texts kept. */
function convert(node: unknown, resolve: (alias: Node) => unknown, depth = 0): unknown {
  if (depth > 300) throw new TemplateError('the YAML is nested too deeply', { code: 'template-too-big' });
  if (isScalar(node)) {
    const { value, source } = node;
    const isPlainText = node.type === 'PLAIN' && source !== undefined && !looksTyped(source);
    if (isPlainText && value !== null) return source;
    if (typeof value === 'bigint') return Number(value);
    if (typeof value === 'number')
      return node.source !== undefined && /[.eE]/.test(node.source) && !/^[-+]?0x/i.test(node.source)
        ? float(value)
        : value;
    if (value instanceof Date) return node.source ?? value.toISOString();
    return value ?? null;
  }
  if (isSeq(node)) return node.items.map((item) => convert(item, resolve, depth + 1));
  if (isMap(node)) {
    const result = new Map<unknown, unknown>();
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const key = convert(pair.key, resolve, depth + 1);
      const value = convert(pair.value, resolve, depth + 1);
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') merge(result, value);
      else result.set(mapKey(key), value);
    }
    return result;
  }
  return node === null || node === undefined ? null : convert(resolve(node as Node), resolve, depth + 1);
}

function merge(target: Map<unknown, unknown>, value: unknown): void {
  for (const source of Array.isArray(value) ? value : [value]) {
    if (source instanceof Map) for (const [key, item] of source) if (!target.has(key)) target.set(key, item);
  }
}

function parse(source: string): unknown[] {
  const documents = parseAllDocuments(source, { version: '1.1', uniqueKeys: false, merge: false, logLevel: 'silent' });
  return Array.from(documents as Iterable<Exclude<typeof documents, readonly never[]>[number]>, (document) => {
    const [error] = document.errors;
    // The parser's own recursion.
    if (error?.message.startsWith('Maximum call stack')) {
      throw new TemplateError('the YAML is nested too deeply', { code: 'template-too-big', cause: error });
    }
    if (error !== undefined)
      throw new TemplateError(`the text is not YAML: ${error.message.split('\n')[0]}`, {
        code: 'bad-yaml',
        cause: error,
      });
    return convert(document.contents, (alias) =>
      'resolve' in alias ? (alias.resolve as (of: unknown) => unknown)(document) : null,
    );
  });
}

export const yamlFilters: Readonly<Record<string, Filter>> = {
  to_yaml: filter('**', (value, _, { extra }) => dump(value, { indent: 2, flow: undefined }, extra)),
  to_nice_yaml: filter('indent **', (value, [indent], { extra }) =>
    dump(value, { indent: whole(indent, 'indent', 4), flow: false }, extra),
  ),
  from_yaml: filter('', (value) => {
    if (typeof value !== 'string') return value;
    const documents = parse(value);
    if (documents.length > 1)
      throw new TemplateError('expected a single document in the stream', {
        fix: 'use from_yaml_all',
        code: 'bad-yaml',
      });
    return documents[0] ?? null;
  }),
  from_yaml_all: filter('', (value) => (typeof value === 'string' ? parse(value) : value)),
};
