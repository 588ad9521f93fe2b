import { type Diagnostic, nearest, type Position } from '../errors/index.js';
import { readHostLine, readVariableLine } from './ini-lines.js';
import { maxHosts, showName } from './names.js';
import { checkGroupName, defineHosts, nestGroup, type Source, setGroupVariable, setHostVariable } from './source.js';

const sectionKinds = ['hosts', 'children', 'vars'] as const;
type SectionKind = (typeof sectionKinds)[number];

interface Section {
  group: string;
  kind: SectionKind;
}

/** A group that was named before it was declared. */
interface Pending {
  kind: 'vars' | 'children';
  parents: string[];
  position: Position;
}

const maxProblems = 100;
const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const groupName = /^([^:\]\s]+)\s*(?:#.*)?$/;
/** A host line may begin with a bracket too: `[::1]:22`, `[a:c].example.com`. */
const bracketedHost = /^\[[^\]\s]*\][^\s#]/;

/** Reads an INI inventory into the graph of its source. */
export function readIni(text: string, source: Source): void {
  new IniReader(source).read(text);
}

/** Certificates fit into it; what is longer would only fill the memory. */
const longestLine = 1_000_000;

/** As many hosts as there may be, and two lines for each in groups. */
const mostLines = 3 * maxHosts;

class IniReader {
  #section: Section | undefined = { group: 'ungrouped', kind: 'hosts' };
  readonly #pending = new Map<string, Pending>();
  #problems = 0;
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = {
      ...source,
      report: (diagnostic) => {
        this.#problems += diagnostic.severity === 'error' ? 1 : 0;
        source.report(diagnostic);
      },
    };
  }

  read(text: string): void {
    const lines = text.split(/\r\n|\n|\r/);
    if (lines.length > mostLines) {
      const position = { file: this.#source.file, line: 1, column: 1 };
      this.#error('file-too-large', `more than ${mostLines} lines`, position, {
        fix: 'split it: an inventory can be a directory, too',
      });
      return;
    }
    for (const [i, raw] of lines.entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      const column = raw.length - raw.trimStart().length + 1;
      this.#readLine(line, { file: this.#source.file, line: i + 1, column, length: line.length });
      if (this.#problems >= maxProblems) return;
    }
    this.#reportPending();
  }

  #error(code: string, message: string, position: Position, more: Pick<Diagnostic, 'why' | 'fix'> = {}): void {
    this.#source.report({ severity: 'error', code, message, position, ...more });
  }

  #readLine(line: string, position: Position): void {
    if (line.includes('\ufffd')) {
      this.#error('not-utf8', 'text that is not UTF-8', {
        ...position,
        column: position.column + line.indexOf('\ufffd'),
        length: 1,
      });
      return;
    }
    if (line.length > longestLine) {
      const why = `it has ${line.length} characters, and no line of an inventory has more than ${longestLine}`;
      this.#error('line-too-long', 'a line that is too long', { ...position, length: 1 }, { why });
      return;
    }
    const match = header.exec(line);
    if (match !== null) {
      this.#openSection(match[1] ?? '', match[2], position);
      return;
    }
    if (line.startsWith('[') && (line.endsWith(']') || !bracketedHost.test(line))) {
      this.#section = undefined;
      const why = 'a section is [group], [group:children] or [group:vars] alone on its line, without spaces';
      this.#error('bad-section', `bad section ${showName(line)}`, position, { why });
      return;
    }
    const { group, kind } = this.#section ?? {};
    if (group === undefined) return;
    if (kind === 'hosts') this.#readHost(line, position, group);
    else if (kind === 'vars') this.#readVariable(line, position, group);
    else this.#readChild(line, position, group);
  }

  #openSection(group: string, word: string | undefined, position: Position): void {
    this.#section = undefined;
    const kind = sectionKinds.find((known) => known === (word ?? 'hosts'));
    if (kind === undefined) {
      const better = nearest(word ?? '', sectionKinds);
      this.#error('unknown-section', `unknown kind of section [${showName(group)}:${showName(word ?? '')}]`, position, {
        why: 'after the ":" comes children or vars',
        ...(better === undefined ? {} : { fix: `did you mean [${showName(group)}:${better}]?` }),
      });
      return;
    }
    if (!checkGroupName(this.#source, { name: group, position: { ...position, column: position.column + 1 } })) return;
    this.#section = { group, kind };
    const pending = this.#pending.get(group);
    if (kind === 'vars') {
      const isKnown = this.#source.graph.hasGroup(group) || pending !== undefined;
      if (!isKnown) this.#pending.set(group, { kind, parents: [], position });
    } else if (pending !== undefined) {
      // Ansible attaches a child when its section begins; the order of hosts follows from that.
      this.#pending.delete(group);
      this.#source.graph.addGroup(group);
      for (const parent of pending.parents)
        nestGroup(this.#source, parent, { name: group, position: pending.position });
    }
    this.#source.graph.addGroup(group);
  }

  #readHost(line: string, position: Position, group: string): void {
    const read = readHostLine(line, position);
    for (const problem of read.problems) this.#source.report(problem);
    if (read.pattern === undefined) return;
    const hosts = defineHosts(this.#source, read.pattern, group);
    for (const [name, written] of read.variables) setHostVariable(this.#source, hosts, name, written);
  }

  #readVariable(line: string, position: Position, group: string): void {
    const read = readVariableLine(line, position);
    for (const problem of read.problems) this.#source.report(problem);
    for (const [name, written] of read.variables) setGroupVariable(this.#source, group, name, written);
  }

  #readChild(line: string, position: Position, parent: string): void {
    const name = groupName.exec(line)?.[1];
    if (name === undefined) {
      const why = 'a :children section holds one group name on each line';
      this.#error('bad-child-group', `not a group name: ${showName(line)}`, position, { why });
      return;
    }
    const child = { name, position: { ...position, length: name.length } };
    if (!checkGroupName(this.#source, child)) return;
    const pending = this.#pending.get(name);
    if (this.#source.graph.hasGroup(name)) {
      nestGroup(this.#source, parent, child);
    } else if (pending !== undefined) {
      pending.parents.push(parent);
    } else {
      this.#pending.set(name, { kind: 'children', parents: [parent], position: child.position });
    }
  }

  #reportPending(): void {
    const declared = [...this.#source.graph.groups.keys()].filter((name) => !this.#pending.has(name));
    for (const [name, { kind, parents, position }] of this.#pending) {
      const better = nearest(name, declared);
      const shown = showName(name);
      const message =
        kind === 'vars'
          ? `variables for the undefined group ${shown}`
          : `group ${showName(parents[0] ?? '')} includes the undefined group ${shown}`;
      this.#error('undefined-group', message, position, {
        why: `no section [${shown}] or [${shown}:children] declares it`,
        ...(better === undefined ? {} : { fix: `did you mean ${better}?` }),
      });
    }
  }
}
