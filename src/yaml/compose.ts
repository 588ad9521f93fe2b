import { Buffer } from 'node:buffer';
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Diagnostic } from '../errors/index.js';
import {
  type Files,
  isMapping,
  literalText,
  type Mapping,
  mapping,
  readVaulted,
  textOfBytes,
  type Value,
  vaultedText,
} from '../values/index.js';
import { unquotedTemplate } from './mistakes.js';
import type { Lines, Place } from './place.js';
import { resolvePlain } from './scalar.js';

/** How many values a document may have once its aliases are written out: more is an attack or an accident. */
const MOST_VALUES = 1_000_000;

/** A value, where it stands, and how many values it holds with aliases written out. */
interface Composed {
  value: Value;
  place: Place;
  size: number;
}

interface State {
  lines: Lines;
  diagnostics: Diagnostic[];
  /** Anchors seen so far; undefined while their own value is being composed. */
  anchors: Map<string, Composed | undefined>;
  tooBig: boolean;
  duplicateKeys: Files['duplicateKeys'];
}

const coreTag = 'tag:yaml.org,2002:';
const known = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => coreTag + name));

const spanOf = (node: Node): [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 0];

function report(
  state: State,
  span: readonly [number, number],
  diagnostic: Omit<Diagnostic, 'severity' | 'position'> & Partial<Pick<Diagnostic, 'severity'>>,
) {
  state.diagnostics.push({ severity: 'error', ...diagnostic, position: state.lines.position(...span) });
}

function checkTag(node: Node, state: State): 'unsafe' | 'string' | 'vault' | 'binary' | undefined {
  const { tag } = node as { tag?: string };
  if (tag === undefined || known.has(tag)) return tag === `${coreTag}str` ? 'string' : undefined;
  if (tag === '!') return 'string';
  if (tag === `${coreTag}binary` && isScalar(node)) return 'binary';
  if (tag === '!unsafe') return 'unsafe';
  const isVault = tag === '!vault' || tag === '!vault-encrypted';
  if (isVault && isScalar(node)) return 'vault';
  const span = state.lines.spanBefore(spanOf(node)[0], tag.startsWith(coreTag) ? '!!' : tag);
  const name = tag.startsWith(coreTag) ? `!!${tag.slice(coreTag.length)}` : tag;
  report(
    state,
    span,
    isVault
      ? {
          code: 'wrong-type',
          message: `\`${tag}\` on a list or mapping`,
          why: 'it marks a text encrypted with ansible-vault',
        }
      : { code: 'unknown-tag', message: `unknown tag \`${name}\``, fix: 'remove the tag' },
  );
  return undefined;
}

/** Text that is not to be expanded: template text that renders to itself. */
function asItStands(value: Value): Value {
  if (Array.isArray(value)) return value.map(asItStands);
  if (isMapping(value)) {
    return mapping(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asItStands(item)])));
  }
  return typeof value !== 'string' || readVaulted(value) !== undefined ? value : literalText(value);
}

const vaultHeader = '$ANSIBLE_VAULT;';

/** The template that stands for an encrypted value. */
function vaultedValue(text: string, span: readonly [number, number], state: State): string {
  const envelope = text.trim();
  if (!envelope.startsWith(vaultHeader)) {
    report(state, span, {
      code: 'not-vaulted',
      message: 'a value marked `!vault` that is not encrypted',
      why: `a text of ansible-vault begins with ${vaultHeader}`,
      fix: 'encrypt it:\nkprov vault encrypt_string --name NAME',
    });
  }
  return vaultedText({ envelope, position: state.lines.position(...span) });
}

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

const listAsKey = {
  code: 'yaml-syntax',
  message: 'a list or mapping as a key',
  why: 'keys are strings',
  fix: 'quote the key',
};

/** The text of a key. Numbers are written as Ansible would show them; booleans keep the user's spelling. */
function keyText(key: unknown, state: State, around: readonly [number, number]): string | undefined {
  if (isAlias(key)) {
    const target = state.anchors.get(key.source);
    if (typeof target?.value === 'string') return target.value;
  }
  if (isScalar(key) && typeof key.value === 'string') {
    const isPlain = key.type === undefined || key.type === 'PLAIN';
    const value = isPlain ? resolvePlain(key.value) : key.value;
    if (value !== null || key.value !== '') return typeof value === 'number' ? String(value) : key.value;
    report(state, around, { code: 'yaml-syntax', message: 'a value without a key', fix: 'write `key: value`' });
    return undefined;
  }
  report(state, around, isMap(key) ? unquotedTemplate(state.lines.slice(...around)) : listAsKey);
  return undefined;
}

interface Entry {
  composed: Composed;
  key: readonly [number, number];
}

/** Reported where it stands; no need to complain about the null in its stead. */
const hasUnknownAlias = (node: unknown, state: State): boolean =>
  isSeq(node)
    ? node.items.some((item) => hasUnknownAlias(item, state))
    : isAlias(node) && state.anchors.get(node.source) === undefined;

function mergeSources(value: Composed, node: unknown, state: State): Composed[] {
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

/** How Ansible writes encrypted and unsafe texts as JSON (`ansible-inventory`, inventory scripts). */
function jsonText(value: Mapping, state: State, { start, end }: Place): Composed | undefined {
  const [key, second] = Object.keys(value);
  if (second !== undefined || (key !== '__ansible_vault' && key !== '__ansible_unsafe')) return undefined;
  const text = value[key];
  if (typeof text !== 'string') return undefined;
  if (key === '__ansible_unsafe') return { value: asItStands(text), place: { start, end, unsafe: true }, size: 1 };
  return { value: vaultedValue(text, [start, start + 1], state), place: { start, end }, size: 1 };
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
