import { posix } from 'node:path';
import { isMapping, type Mapping } from '../values/index.js';
import {
  type Context,
  type Cursor,
  child,
  deprecate,
  keyPositionOf,
  playSink,
  positionOf,
  readDocument,
  report,
} from './context.js';
import { inherit } from './inherit.js';
import { splitArguments, UnbalancedError } from './key-value.js';
import type { Play } from './model.js';
import { type Imported, loadPlay } from './play.js';
import { readKeywords } from './read-keywords.js';
import { staticText } from './static-text.js';
import { describe, suggestion } from './words.js';

const importKeys = ['import_playbook', 'ansible.builtin.import_playbook', 'ansible.legacy.import_playbook', 'include'];
const besideImport = new Set(['name', 'tags', 'when', 'vars']);

interface Source {
  file: string;
  imported: Imported;
  /** The playbooks that led here. */
  chain: readonly string[];
}

function importedFile(context: Context, cursor: Cursor): string | undefined {
  const { value } = cursor;
  if (typeof value !== 'string' || value.trim() === '') {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `\`import_playbook\` is ${describe(value)}`,
      why: 'expected the name of a playbook',
    });
    return undefined;
  }
  let words: string[];
  try {
    words = splitArguments(value.trim());
  } catch (error) {
    if (!(error instanceof UnbalancedError)) throw error;
    words = [value];
  }
  if (words.length > 1) {
    report(context, positionOf(cursor), {
      code: 'unexpected-text',
      message: `\`import_playbook\` does not take \`${words.slice(1).join(' ').slice(0, 60)}\``,
      fix: 'put variables under `vars` and tags under `tags`',
    });
  }
  const position = positionOf(cursor);
  return staticText(context, { text: (words[0] ?? '').trim(), position, keyword: 'import_playbook', instead: '-e' });
}

function importPlaybook(context: Context, cursor: Cursor, from: Source & { key: string }): Play[] {
  const target = child(cursor, from.key);
  if (from.key === 'include') deprecate(context, keyPositionOf(target), 'include (of playbooks)', 'import_playbook');
  const { own, others } = readKeywords(context, cursor, 'block');
  for (const key of [...[...own.keys()].filter((k) => !besideImport.has(k)), ...others.filter((k) => k !== from.key)]) {
    report(context, keyPositionOf(child(cursor, key)), {
      code: 'unknown-keyword',
      message: `\`${key.slice(0, 80)}\` does not work on \`import_playbook\``,
      why: `beside it may stand ${[...besideImport].join(', ')}`,
      fix: suggestion(key, besideImport),
    });
  }
  const vars = (own.get('vars') as Mapping | undefined) ?? {};
  context.play = playSink(Object.assign({}, from.imported.vars, vars));
  const name = importedFile(context, target);
  if (name === undefined) return [];
  const file = posix.isAbsolute(name) ? name : posix.join(posix.dirname(from.file), name);
  const imported: Imported = {
    inherited: inherit(from.imported.inherited, new Map([...own].filter(([key]) => key === 'when' || key === 'tags'))),
    vars: Object.assign({}, vars, from.imported.vars),
  };
  if (from.chain.includes(file) || from.chain.length > 50) {
    report(context, positionOf(target), {
      code: 'import-cycle',
      message: 'playbooks that lead back to themselves',
      why: [...from.chain.slice(Math.max(0, from.chain.indexOf(file))), file].join(' → '),
      fix: 'break the circle',
    });
    return [];
  }
  if (context.options.files.kind(file) !== 'file') {
    const known = context.options.files.list(posix.dirname(file)) ?? [];
    report(context, positionOf(target), {
      code: 'missing-file',
      message: `no playbook \`${name}\``,
      why: `looked at ${file}`,
      fix: suggestion(posix.basename(name), known),
    });
    return [];
  }
  return loadPlaybookFile(context, { file, imported, chain: [...from.chain, file] });
}

function loadEntry(context: Context, cursor: Cursor, from: Source): Play[] {
  const { value } = cursor;
  if (!isMapping(value)) {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `a play that is ${describe(value)}`,
      why: 'a play is a mapping with `hosts` and `tasks`',
    });
    return [];
  }
  const key = importKeys.find((name) => name in value);
  if (key !== undefined) return importPlaybook(context, cursor, { ...from, key });
  return [loadPlay(context, cursor, from)];
}

/** All plays of a file, imported ones in their place. */
export function loadPlaybookFile(context: Context, from: Source): Play[] {
  const { file } = from;
  const start = { file, line: 1, column: 1 };
  const before = context.diagnostics.length;
  if (context.options.files.kind(file) !== 'file') {
    context.diagnostics.push({ severity: 'error', code: 'missing-file', message: `no playbook \`${file}\`` });
    return [];
  }
  context.diagnostics.push(...(context.options.onFolder?.(posix.dirname(file)) ?? []));
  const document = readDocument(context, file);
  if (document === undefined || document.value === null) {
    if (context.diagnostics.length === before) {
      report(context, start, {
        code: 'empty-file',
        message: 'a playbook without plays',
        fix: 'begin with `- hosts: all`',
      });
    }
    return [];
  }
  const cursor: Cursor = { value: document.value, document, path: [] };
  if (!Array.isArray(document.value)) {
    const isPlay = isMapping(document.value) && 'hosts' in document.value;
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `a playbook that is ${describe(document.value)}`,
      why: 'a playbook is a list of plays',
      fix: isPlay ? 'begin the play with `- `' : 'begin with `- hosts: all`',
    });
    return [];
  }
  return document.value.flatMap((_, index) => loadEntry(context, child(cursor, index), from));
}
