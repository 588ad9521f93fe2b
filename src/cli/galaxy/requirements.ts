import { posix } from 'node:path';
import { type Diagnostic, InputError, type Position } from '../../errors/index.js';
import { type Files, isMapping, type Mapping, type Value } from '../../values/index.js';
import { type Path, parseYaml, type YamlDocument } from '../../yaml/index.js';

/** A role to install, as far as it is known where from. */
export interface Requirement {
  name: string;
  /** `git`: a repository that the git program can clone; `path`: a directory here. */
  kind: 'git' | 'path';
  source: string;
  /** Branch, tag or commit; undefined: what the repository has checked out. */
  version: string | undefined;
}

const keys = ['name', 'role', 'src', 'scm', 'version', 'include'];

/** Collections of which kprov has its part built in. */
const builtInCollections = ['ansible.builtin', 'ansible.posix', 'community.general'];

const refusal = (
  code: string,
  message: string,
  more: Pick<Diagnostic, 'why' | 'fix'> = {},
): Omit<Diagnostic, 'position'> => ({
  severity: 'error',
  code,
  message,
  ...more,
});

/** As Ansible names a repository's role: its last part without `.git` and archive endings. */
function nameOf(source: string): string {
  const last =
    source
      .replace(/[?,].*$/, '')
      .replace(/\/+$/, '')
      .split(/[/:]/)
      .at(-1) ?? '';
  return last.replace(/\.git$/, '').replace(/\.tar\.gz$/, '');
}

const isName = (name: string): boolean => /^\w[\w.+-]*$/.test(name);

const looksLikeRepository = (source: string): boolean =>
  /^(?:https?|ssh|git|file):\/\//.test(source) || /^[\w.-]+@[\w.-]+:(?!\/\/)/.test(source) || source.endsWith('.git');

const looksLikePath = (source: string): boolean => /^(?:\/|\.{1,2}(?:\/|$)|~\/)/.test(source);

interface Wanted {
  src: string;
  name: string | undefined;
  scm: string | undefined;
  version: string | undefined;
}

/** What is wrong with it, or the requirement. `isDirectory` tells of a path that it names a directory. */
function understand(
  wanted: Wanted,
  isDirectory: (path: string) => boolean,
): Requirement | Omit<Diagnostic, 'position'> {
  const plus = /^(\w+)\+(.*)$/.exec(wanted.src);
  const scm = plus?.[1] ?? wanted.scm;
  const source = plus?.[2] ?? wanted.src;
  const name = wanted.name ?? nameOf(source);
  const { version } = wanted;
  if (!isName(name)) {
    return refusal('bad-role-name', `\`${name}\` cannot be the name of a role`, {
      why: 'it becomes a directory: letters, digits, `_`, `.`, `+` and `-`, the first a letter or digit',
    });
  }
  if (source.startsWith('-') || version?.startsWith('-')) {
    return refusal('bad-source', `\`${source.startsWith('-') ? source : version}\` begins with \`-\``, {
      why: 'git would take it for an option',
    });
  }
  if (scm !== undefined && scm !== 'git') {
    return refusal('unsupported-source', `\`scm: ${scm}\` is not supported`, {
      why: 'roles come from git or from a path',
    });
  }
  if (/\.(?:tar\.gz|tgz|tar|zip)$/.test(source) && !isDirectory(source)) {
    return refusal('unsupported-source', `\`${source}\` is an archive`, {
      why: 'roles come from git or from a directory',
      fix: 'unpack it and name the directory, or name its repository',
    });
  }
  if (scm === 'git' || looksLikeRepository(source)) return { name, kind: 'git', source, version };
  if (looksLikePath(source) || isDirectory(source)) return { name, kind: 'path', source, version };
  return refusal('unsupported-source', `the role \`${source}\` of Ansible Galaxy`, {
    why: 'no Galaxy server is asked; roles come from git or from a path',
    fix: `name its repository:\n- src: https://…/${nameOf(source)}.git\n  name: ${source}`,
  });
}

/** `src[,version[,name]]` of the command line and of old files. */
function fromLine(line: string): Wanted {
  const [src = '', version, name] = line.trim().split(',');
  return { src, name: name || undefined, scm: undefined, version: version || undefined };
}

class Reading {
  readonly requirements: Requirement[] = [];
  readonly notes: string[] = [];
  readonly diagnostics: Diagnostic[] = [];

  constructor(
    readonly files: Files,
    readonly options: { skipsCollections: boolean },
  ) {}

  report(diagnostic: Omit<Diagnostic, 'position'>, position: Position | undefined): void {
    this.diagnostics.push({ ...diagnostic, ...(position && { position }) });
  }

  take(wanted: Wanted, base: string, position: Position | undefined): void {
    const isDirectory = (path: string) =>
      [path, posix.join(base, path)].some((place) => this.files.kind(place) === 'directory');
    const found = understand(wanted, isDirectory);
    if (!('kind' in found)) {
      this.report(found, position);
      return;
    }
    const beside = posix.join(base, found.source);
    const isBeside =
      found.kind === 'path' &&
      !posix.isAbsolute(found.source) &&
      this.files.kind(found.source) === undefined &&
      this.files.kind(beside) !== undefined;
    this.requirements.push(isBeside ? { ...found, source: beside } : found);
  }

  readFile(file: string, depth = 0): void {
    const text = this.files.read(file);
    if (text === undefined) {
      this.report(refusal('file-not-found', `The requirements file '${file}' does not exist.`), undefined);
      return;
    }
    const { documents, diagnostics } = parseYaml(text, file);
    this.diagnostics.push(...diagnostics);
    const [document] = documents;
    if (document === undefined || document.value === null) {
      if (diagnostics.length === 0)
        this.report(refusal('no-requirements', `No requirements found in file '${file}'`), undefined);
      return;
    }
    const { value } = document;
    if (Array.isArray(value)) this.#roles(document, value, [], file, depth);
    else if (isMapping(value)) this.#keys(document, value, file, depth);
    else
      this.report(
        refusal('wrong-type', 'a file of requirements that is neither a list nor a mapping'),
        document.at([]),
      );
  }

  #keys(document: YamlDocument, value: Mapping, file: string, depth: number): void {
    for (const [key, list] of Object.entries(value)) {
      if (key === 'roles') this.#roles(document, Array.isArray(list) ? list : [], ['roles'], file, depth);
      else if (key === 'collections') this.#collections(document, Array.isArray(list) ? list : []);
      else {
        const message = `unknown key \`${key}\` of a file of requirements`;
        this.report(
          refusal('unknown-keyword', message, { why: 'expected roles and collections' }),
          document.keyAt([key]),
        );
      }
    }
  }

  #roles(document: YamlDocument, list: readonly Value[], path: Path, file: string, depth: number): void {
    for (const [index, item] of list.entries()) {
      const at = [...path, index];
      const base = posix.dirname(file);
      if (typeof item === 'string') this.take(fromLine(item), base, document.at(at));
      else if (isMapping(item)) this.#role(document, item, at, { file, depth });
      else this.report(refusal('wrong-type', 'a role that is neither text nor a mapping'), document.at(at));
    }
  }

  #role(document: YamlDocument, item: Mapping, at: Path, { file, depth }: { file: string; depth: number }): void {
    const text = (key: string): string | undefined => {
      const value = item[key];
      if (value === undefined || value === null || value === '') return undefined;
      return document.sourceAt([...at, key]) ?? String(value);
    };
    for (const key of Object.keys(item)) {
      if (keys.includes(key)) continue;
      const message = `unknown key \`${key}\` of a required role`;
      this.report(
        refusal('unknown-keyword', message, { why: `expected ${keys.join(', ')}` }),
        document.keyAt([...at, key]),
      );
    }
    const include = text('include');
    if (include !== undefined) {
      if (depth > 10)
        this.report(refusal('too-deep', 'files of requirements that include each other'), document.at(at));
      else
        this.readFile(
          this.files.kind(include) === 'file' ? include : posix.join(posix.dirname(file), include),
          depth + 1,
        );
      return;
    }
    const name = text('name') ?? text('role');
    const src = text('src') ?? name;
    if (src === undefined) {
      this.report(refusal('missing-source', 'Must specify name or src for role'), document.at(at));
      return;
    }
    const [head = src, version, alias] = src.split(',');
    const wanted: Wanted = { src: head, name: name ?? alias, scm: text('scm'), version: text('version') ?? version };
    this.take(wanted, posix.dirname(file), document.at(at));
  }

  #collections(document: YamlDocument, list: readonly Value[]): void {
    for (const [index, item] of list.entries()) {
      const name = isMapping(item) ? String(item.name ?? item.source ?? '?') : String(item).replace(/[:,].*$/, '');
      if (builtInCollections.includes(name)) {
        this.notes.push(`- collection ${name}: what kprov has of it is built in`);
      } else if (this.options.skipsCollections) {
        this.notes.push(`- collection ${name} is left out`);
      } else {
        this.report(
          refusal('unsupported-collection', `the collection \`${name}\` is not supported`, {
            why: 'collections are Python; of some, modules are built in (kprov doc)',
            fix: 'install the roles only:\nkprov galaxy role install -r FILE',
          }),
          document.at(['collections', index]),
        );
      }
    }
  }
}

/** The roles that a file and words of the command line ask for. Throws InputError with all that is wrong. */
export function readRequirements(
  wanted: { file?: string; roles: readonly string[]; skipsCollections: boolean },
  files: Files,
): { requirements: Requirement[]; notes: string[] } {
  const reading = new Reading(files, wanted);
  if (wanted.file !== undefined) reading.readFile(wanted.file);
  for (const role of wanted.roles) reading.take(fromLine(role), '.', undefined);
  if (reading.diagnostics.some(({ severity }) => severity === 'error')) throw new InputError(reading.diagnostics);
  return reading;
}
