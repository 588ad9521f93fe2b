import { Buffer } from 'node:buffer';
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Diagnostic } from '../errors/index.js';
import { type Files, isMapping, type Mapping, mapping, textOfBytes, type Value } from '../values/index.js';
import { keyText } from './keys.js';
import { mergeSources } from './merge.js';
import type { Lines, Place } from './place.js';
import { resolvePlain } from './scalar.js';
import { type Composed, report, type State, spanOf } from './state.js';
import { asItStands, checkTag, jsonText, vaultedValue } from './tags.js';

/** How many values a document may have once its aliases are written out: more is an attack or an accident. */
const MOST_VALUES = 1_000_000;

function composeScalar(node: Scalar, state: State): Composed {
  const [start, end] = spanOf(node);
  const tag = checkTag(node, state);
  const text = typeof node.value === 'string' ? node.value : '';
  const isPlain = node.type === undefined || node.type === 'PLAIN';
  const value =
    tag === 'vault'
      ? vaultedValue(text, state.lines.spanBefore(start, (node as { tag?: string }).tag ?? ''), state)
      : isPlain && tag === undefined
        ? resolvePlain(text)
        : tag === 'unsafe'
          ? asItStands(text)
          : tag === 'binary'
            ? textOfBytes(Buffer.from(text, 'base64'))
            : text;
  const place: Place = { start, end };
  if (tag === 'unsafe') place.unsafe = true;
  if (typeof value !== 'string' && value !== null) place.source = text;
  return { value, place, size: 1 };
}

function composeSequence(node: YAMLSeq, state: State): Composed {
  const [start, end] = spanOf(node);
  const tag = checkTag(node, state);
  const children = new Map<string | number, Place>();
  const items: Value[] = [];
  let size = 1;
  for (const item of node.items) {
    const composed = compose(item as Node | null, state, start);
    children.set(items.length, composed.place);
    items.push(composed.value);
    size += composed.size;
  }
  const place: Place = { start, end, children, ...(tag === 'unsafe' && { unsafe: true }) };
  return { value: tag === 'unsafe' ? asItStands(items) : items, place, size };
}

interface Entry {
  composed: Composed;
  key: readonly [number, number];
}

function composeMapping(node: YAMLMap, state: State): Composed {
  const [start, end] = spanOf(node);
  const tag = checkTag(node, state);
  const own = new Map<string, Entry>();
  const merged: Composed[] = [];
  let size = 1;
  for (const pair of node.items as Pair[]) {
    const keySpan: [number, number] = isScalar(pair.key) || isAlias(pair.key) ? spanOf(pair.key) : [start, end];
    const text = keyText(pair.key, state, keySpan);
    // Reported; as text it is what was meant, and nobody complains about it again.
    if (text === undefined && isMap(pair.key))
      return { value: state.lines.slice(start, end), place: { start, end }, size: 1 };
    if (isScalar(pair.key) && pair.key.anchor !== undefined && text !== undefined) {
      state.anchors.set(pair.key.anchor, { value: text, place: { start: keySpan[0], end: keySpan[1] }, size: 1 });
    }
    if (text === undefined) continue;
    const composed = compose(pair.value as Node | null, state, keySpan[1]);
    size += composed.size;
    if (text === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
      merged.push(...mergeSources(composed, pair.value, state));
      continue;
    }
    const earlier = own.get(text);
    if (earlier !== undefined && state.duplicateKeys !== 'ignore') {
      report(state, keySpan, {
        severity: state.duplicateKeys === 'warn' ? 'warning' : 'error',
        code: 'duplicate-key',
        message: `found a duplicate dict key (${text.slice(0, 80)})`,
        why: `it stands already on line ${state.lines.indexOf(earlier.key[0]) + 1} of this mapping`,
        fix: 'remove or rename one of them',
      });
    }
    own.set(text, { composed, key: keySpan });
  }
  const value: Mapping = mapping();
  const children = new Map<string | number, Place>();
  // The first source of a list wins over later ones, and the mapping's own keys over all of them.
  for (const source of merged.reverse()) {
    if (!isMapping(source.value)) continue;
    for (const [key, item] of Object.entries(source.value)) {
      value[key] = item;
      children.set(key, source.place.children?.get(key) ?? source.place);
    }
    size += source.size;
  }
  for (const [key, entry] of own) {
    value[key] = entry.composed.value;
    children.set(key, { ...entry.composed.place, key: entry.key });
  }
  const place: Place = { start, end, children, ...(tag === 'unsafe' && { unsafe: true }) };
  return jsonText(value, state, place) ?? { value: tag === 'unsafe' ? asItStands(value) : value, place, size };
}

function composeAlias(name: string, span: [number, number], state: State): Composed {
  const nothing: Composed = { value: null, place: { start: span[0], end: span[1] }, size: 1 };
  const target = state.anchors.get(name);
  if (target === undefined) {
    report(state, span, {
      code: 'unknown-alias',
      message: state.anchors.has(name) ? `\`*${name}\` stands inside its own anchor` : `no anchor \`&${name}\` above`,
      fix: `an unquoted value that begins with \`*\` is an alias; quote it if it is meant as text`,
    });
    return nothing;
  }
  return { ...target, place: { ...target.place, start: span[0], end: span[1] } };
}

function composeAny(node: Node, state: State): Composed {
  if (isScalar(node)) return composeScalar(node, state);
  if (isSeq(node)) return composeSequence(node, state);
  if (isMap(node)) return composeMapping(node, state);
  return { value: null, place: { start: spanOf(node)[0], end: spanOf(node)[1] }, size: 1 };
}

function compose(node: Node | null | undefined, state: State, near: number): Composed {
  if (node === null || node === undefined) return { value: null, place: { start: near, end: near }, size: 1 };
  if (isAlias(node)) return composeAlias(node.source, spanOf(node), state);
  const { anchor } = node as { anchor?: string };
  if (anchor !== undefined) state.anchors.set(anchor, undefined);
  const composed = composeAny(node, state);
  if (composed.size > MOST_VALUES && !state.tooBig) {
    state.tooBig = true;
    report(state, spanOf(node), {
      code: 'alias-bomb',
      message: 'aliases that multiply',
      why: `written out, this document would hold more than ${MOST_VALUES} values`,
      fix: 'use fewer aliases',
    });
  }
  // What is refused anyway must not be handed on: whoever walks it would walk forever.
  const kept = state.tooBig ? { ...composed, value: null } : composed;
  if (anchor !== undefined) state.anchors.set(anchor, kept);
  return kept;
}

/** The value of a document's root node, the places of all its parts, and what is wrong with it. */
export function composeDocument(
  root: Node | null,
  lines: Lines,
  duplicateKeys: Files['duplicateKeys'],
): { value: Value; place: Place; diagnostics: Diagnostic[] } {
  const state: State = { lines, diagnostics: [], anchors: new Map(), tooBig: false, duplicateKeys };
  const { value, place } = compose(root, state, 0);
  return { value, place, diagnostics: state.diagnostics };
}
