import { isAlias, isMap, isScalar } from 'yaml';
import { unquotedTemplate } from './mistakes.js';
import { resolvePlain } from './scalar.js';
import { report, type State } from './state.js';

const listAsKey = {
  code: 'yaml-syntax',
  message: 'a list or mapping as a key',
  why: 'keys are strings',
  fix: 'quote the key',
};

/** The text of a key. Numbers are written as Ansible would show them; booleans keep the user's spelling. */
export function keyText(key: unknown, state: State, around: readonly [number, number]): string | undefined {
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
