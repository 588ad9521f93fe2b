import { isScalar, type Node } from 'yaml';
import {
  isMapping,
  literalText,
  type Mapping,
  mapping,
  readVaulted,
  type Value,
  vaultedText,
} from '../values/index.js';
import type { Place } from './place.js';
import { type Composed, report, type State, spanOf } from './state.js';

const coreTag = 'tag:yaml.org,2002:';
const known = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => coreTag + name));

/** What a node's tag asks for. Reports one that is not known. */
export function checkTag(node: Node, state: State): 'unsafe' | 'string' | 'vault' | 'binary' | undefined {
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
export function asItStands(value: Value): Value {
  if (Array.isArray(value)) return value.map(asItStands);
  if (isMapping(value)) {
    return mapping(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asItStands(item)])));
  }
  return typeof value !== 'string' || readVaulted(value) !== undefined ? value : literalText(value);
}

const vaultHeader = '$ANSIBLE_VAULT;';

/** The template that stands for an encrypted value. */
export function vaultedValue(text: string, span: readonly [number, number], state: State): string {
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

/** How Ansible writes encrypted and unsafe texts as JSON (`ansible-inventory`, inventory scripts). */
export function jsonText(value: Mapping, state: State, { start, end }: Place): Composed | undefined {
  const [key, second] = Object.keys(value);
  if (second !== undefined || (key !== '__ansible_vault' && key !== '__ansible_unsafe')) return undefined;
  const text = value[key];
  if (typeof text !== 'string') return undefined;
  if (key === '__ansible_unsafe') return { value: asItStands(text), place: { start, end, unsafe: true }, size: 1 };
  return { value: vaultedValue(text, [start, start + 1], state), place: { start, end }, size: 1 };
}
