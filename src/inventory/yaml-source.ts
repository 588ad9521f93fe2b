import { nearest } from '../errors/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import type { Path, YamlDocument } from '../yaml/index.js';
import { lostDigits } from './lost-digits.js';
import { showName } from './names.js';
import { checkGroupName, defineHosts, nestGroup, type Source, setGroupVariable, setHostVariable } from './source.js';

const sections = ['vars', 'children', 'hosts'] as const;
type Section = (typeof sections)[number];

const isSection = (key: string): key is Section => sections.some((section) => section === key);

function kindOf(value: Value): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `the ${typeof value} ${showName(String(value))}`;
}

/** Reads a YAML inventory (groups with `hosts`, `children` and `vars`) into the graph of its source. */
export function readYamlInventory(document: YamlDocument, source: Source): void {
  const { value } = document;
  if (!isMapping(value)) {
    source.report({
      severity: 'error',
      code: 'bad-yaml-inventory',
      message: `a YAML inventory is a mapping of groups, and this is ${kindOf(value)}`,
      position: document.at([]),
      why: 'expected groups such as "all:" with "hosts:", "children:" and "vars:" below them',
    });
    return;
  }
  if (value.plugin !== undefined && value.plugin !== null) {
    source.report({
      severity: 'error',
      code: 'inventory-plugin-unsupported',
      message: `the inventory plugin ${showName(String(value.plugin))} is not supported`,
      position: document.at(['plugin']),
      why: 'kprov reads INI and YAML files, directories, host lists and executables that print JSON',
      fix: 'write its result to a file once:\nansible-inventory -i THIS_FILE --list --export --yaml --output hosts.yml',
    });
    return;
  }
  for (const [name, group] of Object.entries(value)) readGroup({ document, source }, [name], group);
}

interface Reading {
  document: YamlDocument;
  source: Source;
}

/** True where the group is good enough to be someone's child. */
function readGroup(reading: Reading, path: Path, data: Value): boolean {
  const { document, source } = reading;
  const name = String(path.at(-1));
  if (data !== null && !isMapping(data)) {
    const why = 'a group is a mapping with hosts, children and vars, or empty';
    const message = `group ${showName(name)} is ${kindOf(data)}`;
    source.report({ severity: 'error', code: 'bad-group', message, position: document.at(path), why });
    return false;
  }
  if (!checkGroupName(source, { name, position: document.keyAt(path) })) return false;
  source.graph.addGroup(name);
  for (const [key, content] of Object.entries(data ?? {})) {
    const at = [...path, key];
    if (!isSection(key)) reportUnknownKey(reading, at);
    else readSection(reading, at, sectionContent(reading, at, content));
  }
  return true;
}

function reportUnknownKey({ document, source }: Reading, path: Path): void {
  const [group, key] = path.slice(-2).map(String);
  const better = nearest(key ?? '', sections);
  source.report({
    severity: 'warning',
    code: 'unknown-group-key',
    message: `unknown key ${showName(key ?? '')} in group ${showName(group ?? '')}`,
    position: document.keyAt(path),
    why: 'only hosts, children and vars are read; everything below this key is left out',
    ...(better === undefined ? {} : { fix: `did you mean ${better}?` }),
  });
}

function sectionContent({ document, source }: Reading, path: Path, content: Value): Mapping {
  if (isMapping(content)) return content;
  if (content === null) return mapping();
  if (typeof content === 'string') return mapping({ [content]: null });
  const section = String(path.at(-1));
  const example = section === 'vars' ? 'name: value' : 'name:';
  source.report({
    severity: 'error',
    code: 'bad-group-section',
    message: `${section} is ${kindOf(content)}`,
    position: document.at(path),
    why: `${section} is a mapping, with one "${example}" on each line`,
    ...(Array.isArray(content) ? { fix: `write "${example}" in place of "- name"` } : {}),
  });
  return mapping();
}

function readSection(reading: Reading, path: Path, content: Mapping): void {
  const { document, source } = reading;
  const [group, section] = path.slice(-2).map(String);
  if (group === undefined) return;
  for (const [name, value] of Object.entries(content)) {
    const at = [...path, name];
    const position = document.keyAt(at);
    if (section === 'vars') {
      setGroupVariable(source, group, name, { value, position });
      reportLostDigits(reading, at, value);
    } else if (section === 'hosts') {
      readHost(reading, at, value);
    } else if (readGroup(reading, at, value)) {
      nestGroup(source, group, { name, position });
    }
  }
}

function reportLostDigits({ document, source }: Reading, path: Path, value: Value): void {
  const [name, text] = [String(path.at(-1)), document.sourceAt(path)];
  for (const problem of lostDigits({ name, text, value, position: document.keyAt(path) }, `${name}: "${text}"`)) {
    source.report(problem);
  }
}

function readHost(reading: Reading, path: Path, data: Value): void {
  const { document, source } = reading;
  const name = String(path.at(-1));
  const position = document.keyAt(path);
  if (name.endsWith(':')) {
    const why = 'after the ":" belongs a port';
    source.report({
      severity: 'error',
      code: 'bad-host-name',
      message: `bad host name ${showName(name)}`,
      position,
      why,
    });
    return;
  }
  const hosts = defineHosts(source, { name, position }, String(path.at(-3)));
  if (isMapping(data)) {
    for (const [variable, value] of Object.entries(data)) {
      setHostVariable(source, hosts, variable, { value, position: document.keyAt([...path, variable]) });
      reportLostDigits(reading, [...path, variable], value);
    }
  } else if (data !== null && data !== '' && data !== false) {
    const why = 'below a host stand its variables, one "name: value" on each line';
    const message = `the variables of host ${showName(name)} are ${kindOf(data)}`;
    source.report({ severity: 'error', code: 'bad-host-variables', message, position: document.at(path), why });
  }
}
