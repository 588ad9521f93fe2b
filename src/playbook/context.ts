import { type Diagnostic, KprovError, type Position } from '../errors/index.js';
import { type Files, isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { type ParsedYaml, type Path, parseYaml, type YamlDocument } from '../yaml/index.js';
import type { ArgumentChecker } from './arguments.js';
import type { TaskCatalogue } from './catalogue.js';
import type { Inherited, Node, Play, RoleContext, Scope, Task } from './model.js';

export interface LoadOptions {
  files: Files;
  /** Files that have been read and parsed already. */
  parsed?: ReadonlyMap<string, ParsedYaml>;
  catalogue: TaskCatalogue;
  /** Told of the folder of each playbook and role before its tasks are read; says what is wrong with what it holds. */
  onFolder?(path: string): Diagnostic[];
  /** Says what is wrong with template text; `offset` counts from the text's start. */
  templateCheck?(text: string): { message: string; offset?: number } | undefined;
  /** Renders template text with variables that are known before any host is; undefined where it cannot. */
  renderStatic?(text: string, variables: Mapping): string | undefined;
  /** Extra variables (-e), for names of imported files and roles. */
  staticVars?: Mapping;
  /** Directories of roles beside `roles/` next to the playbook. */
  rolesPath?: readonly string[];
  /** Folders of collections, beside `collections/` next to the playbook; only their roles are used. */
  collectionsPath?: readonly string[];
  /** Is it a lookup that `with_…` may name, beside the common ones? */
  isLookup?(name: string): boolean;
  /** Keywords that the caller cannot honour, each with the reason. */
  refusedKeywords?: Readonly<Record<string, string>>;
  /** Keywords that hold where a play, block or task does not have them. */
  keywordDefaults?: Partial<Inherited>;
  /** The same for those of plays only. */
  playDefaults?: Partial<Play>;
}

/** One loading: what it was given, what it found wrong, what it has read already. */
export interface Context {
  options: LoadOptions;
  diagnostics: Diagnostic[];
  documents: Map<string, YamlDocument | undefined>;
  checker: ArgumentChecker;
  /** How often a task of the same place was loaded. */
  ids: Map<string, number>;
  deprecations: Set<string>;
  nodeCount: number;
  play: PlaySink;
  /** Loads a list of tasks; here because task files and roles lead to each other. */
  loadNodes(list: Cursor, scope: Scope): Node[];
}

/** What the play being loaded collects from all over its files. */
export interface PlaySink {
  vars: Mapping;
  roles: RoleContext[];
  roleHandlers: Task[];
  roleIds: Set<string>;
}

export const playSink = (vars: Mapping = mapping()): PlaySink => ({
  vars,
  roles: [],
  roleHandlers: [],
  roleIds: new Set(),
});

/** A value inside a document. */
export interface Cursor {
  readonly value: Value;
  readonly document: YamlDocument;
  readonly path: Path;
}

export const child = (cursor: Cursor, step: string | number): Cursor => {
  const { value } = cursor;
  const inner = Array.isArray(value) ? value[Number(step)] : isMapping(value) ? value[step] : undefined;
  return { value: inner ?? null, document: cursor.document, path: [...cursor.path, step] };
};

export const positionOf = (cursor: Cursor): Position => cursor.document.at(cursor.path);
export const keyPositionOf = (cursor: Cursor): Position => cursor.document.keyAt(cursor.path);

type Words = Pick<Diagnostic, 'code' | 'message' | 'why' | 'failsTask'> & { fix?: string | undefined };

/** Collects an error. */
export function report(context: Context, position: Position, { fix, ...words }: Words): void {
  context.diagnostics.push({ severity: 'error', ...words, position, ...(fix !== undefined && { fix }) });
}

/** Collects a warning. */
export function warn(context: Context, position: Position, { fix, ...words }: Words): void {
  context.diagnostics.push({ severity: 'warning', ...words, position, ...(fix !== undefined && { fix }) });
}

/** A spelling that is still understood: said once, where it first stands. */
export function deprecate(context: Context, position: Position, old: string, instead: string): void {
  if (context.deprecations.has(old)) return;
  context.deprecations.add(old);
  warn(context, position, { code: 'deprecated', message: `\`${old}\` is an old spelling`, fix: `use \`${instead}\`` });
}

/** Like `files.read`; what cannot be read or decrypted is reported. */
function readText(context: Context, file: string): string | undefined {
  try {
    return context.options.files.read(file);
  } catch (error) {
    if (!(error instanceof KprovError)) throw error;
    const { code, message, why = '', fix, position = { file, line: 1, column: 1 } } = error;
    report(context, position, { code, message, why, fix });
    return undefined;
  }
}

/** The file's only document; undefined where it is missing, empty or broken (which is reported). */
export function readDocument(context: Context, file: string): YamlDocument | undefined {
  if (context.documents.has(file)) return context.documents.get(file);
  const read = (): ParsedYaml | undefined => {
    const text = readText(context, file);
    return text === undefined ? undefined : parseYaml(text, file, context.options.files);
  };
  const parsed = context.options.parsed?.get(file) ?? read();
  let document: YamlDocument | undefined;
  if (parsed !== undefined) {
    const { documents, diagnostics } = parsed;
    context.diagnostics.push(...diagnostics);
    document = documents[0];
    if (documents[1] !== undefined) {
      report(context, documents[1].at([]), {
        code: 'several-documents',
        message: 'a second YAML document in one file',
        why: 'files of playbooks, tasks and variables hold one document',
        fix: 'remove the `---` between them, or make two files of it',
      });
    }
  }
  context.documents.set(file, document);
  return document;
}
