import { Composer, type CST, Parser } from 'yaml';
import type { Diagnostic } from '../errors/index.js';
import type { Files } from '../values/index.js';
import { composeDocument } from './compose.js';
import { tooDeep, unclosed } from './depth.js';
import { type YamlDocument, yamlDocument } from './document.js';
import { Lines } from './place.js';
import { explainSyntaxError } from './syntax-error.js';

export interface ParsedYaml {
  /** The documents that could be read; none for a document with a syntax error. */
  documents: YamlDocument[];
  diagnostics: Diagnostic[];
}

/** What PyYAML's reader refuses: everything but printable characters, tabs and line ends. */
const control = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Parsing takes time in proportion to the text, and to what it holds; this much takes seconds, and hundreds of MB. */
const LARGEST_CHARACTERS = 8 * 1024 * 1024;
const MOST_ENTRIES = 200_000;

/** Entries stand on lines of their own or have commas between them. */
function holdsTooMany(text: string): boolean {
  if (text.length < MOST_ENTRIES) return false;
  let count = 0;
  for (let at = 0; at < text.length && count <= MOST_ENTRIES; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x2c) count++;
  }
  return count > MOST_ENTRIES;
}

function refused(text: string, lines: Lines): Diagnostic | undefined {
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    return {
      severity: 'error',
      code: 'vaulted-text',
      message: 'a text encrypted with ansible-vault',
      position: lines.position(0, 14),
      why: 'only files can be encrypted as a whole',
      fix: 'put it into a file',
    };
  }
  if (text.length > LARGEST_CHARACTERS) {
    return {
      severity: 'error',
      code: 'file-too-large',
      message: `more than ${LARGEST_CHARACTERS} characters of YAML`,
      position: lines.position(0),
    };
  }
  if (holdsTooMany(text)) {
    return {
      severity: 'error',
      code: 'file-too-large',
      message: `more than ${MOST_ENTRIES} lines and commas of YAML`,
      position: lines.position(0),
      fix: "split it; data of a template may come from lookup('file', …) | from_json",
    };
  }
  const found = control.exec(text);
  if (found === null) return undefined;
  const code = found[0].codePointAt(0) ?? 0;
  return {
    severity: 'error',
    code: 'control-character',
    message: `a control character (U+${code.toString(16).toUpperCase().padStart(4, '0')})`,
    position: lines.position(found.index),
    why: 'YAML text holds printable characters only',
    fix: 'remove it, or write it as an escape between double quotes',
  };
}

function readTokens(text: string, lines: Lines): CST.Token[] | Diagnostic {
  const tokens: CST.Token[] = [];
  const flood = unclosed(text);
  if (flood !== undefined) {
    return { severity: 'error', code: 'too-deep', message: 'nested too deeply', position: lines.position(flood) };
  }
  for (const token of new Parser().parse(text)) {
    const offset = tooDeep(token);
    if (offset !== undefined) {
      return { severity: 'error', code: 'too-deep', message: 'nested too deeply', position: lines.position(offset) };
    }
    tokens.push(token);
  }
  return tokens;
}

/**
 * Reads YAML as Ansible's loader does (PyYAML's SafeLoader: YAML 1.1 with `yes`/`no`, octal `0644` and merge keys), and
 * stricter where that loader only warns: a key given twice is an error unless `duplicateKeys` says otherwise. Never throws; time and memory are bounded.
 */
export function parseYaml(
  text: string,
  file: string,
  { duplicateKeys }: Pick<Files, 'duplicateKeys'> = {},
): ParsedYaml {
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const lines = new Lines(content, file);
  const refusal = refused(content, lines);
  if (refusal !== undefined) return { documents: [], diagnostics: [refusal] };
  const tokens = readTokens(content, lines);
  if (!Array.isArray(tokens)) return { documents: [], diagnostics: [tokens] };

  const documents: YamlDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  const hasUnsafe = /!unsafe|__ansible_unsafe/.test(content);
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  for (const document of composer.compose(tokens, false, content.length)) {
    const [error] = document.errors;
    if (error !== undefined) {
      // Later errors of the same document are mostly echoes of the first.
      diagnostics.push(explainSyntaxError(error, lines, tokens));
      continue;
    }
    const { value, place, diagnostics: found } = composeDocument(document.contents, lines, duplicateKeys);
    diagnostics.push(...found);
    documents.push(yamlDocument(value, place, { lines, hasUnsafe }));
  }
  return { documents, diagnostics };
}
