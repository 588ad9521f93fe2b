import { isLiteralText, readVaulted } from '../../values/index.js';
import { mayBeTemplate, playbookSyntax } from '../syntax/delimiters.js';
import { isLazyMapping, type TextKind, type Variable } from '../types.js';
import type { Evaluation } from './contracts.js';

/**
 * Ansible tells texts apart by Python classes: of YAML, of filters that make text for good, of hosts and lookups. Here a
 * text is a text, and what it would be there follows from where it comes from. Nothing depends on it but `type_debug`.
 */

/** What Ansible's `wrap_var` makes of it: text that is never expanded. */
export function unsafeKind(kind: TextKind): TextKind {
  if (kind === 'AnsibleVaultEncryptedUnicode') return kind;
  return kind === 'NativeJinjaText' || kind === 'NativeJinjaUnsafeText' ? 'NativeJinjaUnsafeText' : 'AnsibleUnsafeText';
}

/** Does text that has it within become unsafe as a whole? */
export function isUnsafe({ value, template, origin, kind }: Variable): boolean {
  if (template || isLazyMapping(value)) return false;
  if (kind !== undefined) return kind.includes('Unsafe');
  return origin !== 'author' && (typeof value === 'string' || (typeof value === 'object' && value !== null));
}

/** Of the text at `path` within what `text` gives, `at` being the place it was expanded for. */
function ofText(evaluation: Evaluation, text: string, at: string, path: readonly unknown[]): TextKind {
  if (!mayBeTemplate(text)) return 'AnsibleUnicode';
  if (isLiteralText(text)) return 'AnsibleUnsafeText';
  if (readVaulted(text) !== undefined) return 'AnsibleVaultEncryptedUnicode';
  const kind = evaluation.engine.compile(text, playbookSyntax).textKind(evaluation, path);
  return evaluation.isUnsafe(at) ? unsafeKind(kind) : kind;
}

const member = (value: object, key: unknown): unknown => {
  const at = Array.isArray(value) && typeof key === 'number' && key < 0 ? key + value.length : String(key);
  return Object.hasOwn(value, at) ? Reflect.get(value, at) : undefined;
};

/**
 * The kind of the text at `path` in a variable that stands at `at`; where there is a list or a mapping, of the texts in
 * it. What it is to be told of has been evaluated already.
 */
export function kindIn(
  evaluation: Evaluation,
  variable: Variable,
  at: string,
  path: readonly unknown[] = [],
): TextKind {
  const { value, template } = variable;
  const [key, ...rest] = path;
  if (isLazyMapping(value)) {
    const found = key === undefined ? undefined : evaluation.memberOf(value, String(key));
    if (found === undefined) return 'str';
    const inside = value.lazyVariables === undefined ? evaluation : evaluation.within(value.lazyVariables);
    return kindIn(inside, found, `${at}.${key}`, rest);
  }
  if (!template) return variable.kind ?? (isUnsafe(variable) ? 'AnsibleUnsafeText' : 'str');
  if (typeof value === 'string') return ofText(evaluation, value, at, path);
  if (key === undefined || typeof value !== 'object' || value === null) return 'AnsibleUnicode';
  const place = Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`;
  return kindIn(evaluation, { value: member(value, key), template }, place, rest);
}
