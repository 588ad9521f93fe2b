import type { Node } from 'yaml';
import type { Diagnostic } from '../errors/index.js';
import type { Files, Value } from '../values/index.js';
import type { Lines, Place } from './place.js';

/** A value, where it stands, and how many values it holds with aliases written out. */
export interface Composed {
  value: Value;
  place: Place;
  size: number;
}

/** What is known while a document is composed. */
export interface State {
  lines: Lines;
  diagnostics: Diagnostic[];
  /** Anchors seen so far; undefined while their own value is being composed. */
  anchors: Map<string, Composed | undefined>;
  tooBig: boolean;
  duplicateKeys: Files['duplicateKeys'];
}

export const spanOf = (node: Node): [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 0];

/** Collects what is wrong at a span of the text; an error unless it says otherwise. */
export function report(
  state: State,
  span: readonly [number, number],
  diagnostic: Omit<Diagnostic, 'severity' | 'position'> & Partial<Pick<Diagnostic, 'severity'>>,
) {
  state.diagnostics.push({ severity: 'error', ...diagnostic, position: state.lines.position(...span) });
}
