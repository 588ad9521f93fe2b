import { KprovError } from '../../errors/index.js';
import { globMatcher, isMapping, type Mapping, parseBoolean, type Value } from '../../values/index.js';

/** A file's text in the encoding. */
type ReadText = (name: string, encoding: string) => string;

const text = (value: Value | undefined, otherwise: string): string =>
  value === undefined || value === null ? otherwise : String(value);

/** A word with further settings behind it, as before Ansible 2.12: `key file=x.ini section=a`. */
function inlineSettings(term: string, names: readonly string[]): { key: string; settings: Mapping } {
  const settings: Mapping = {};
  const words: string[] = [];
  let current: string | undefined;
  for (const word of term.trim().split(/\s+/)) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && value !== undefined) {
      if (!names.includes(name)) throw new KprovError('bad-argument', `${name} is not a valid option.`);
      settings[name] = value.replace(/^(["'])(.*)\1$/s, '$2');
      current = name;
    } else if (current === undefined) words.push(word);
    else settings[current] = `${String(settings[current])} ${word}`;
  }
  return { key: words.join(' '), settings };
}

/** The rows of a CSV text; quotes are doubled within quotes. */
export function parseCsv(content: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  let begins = true;
  const end = (): void => {
    row.push(field);
    field = '';
    begins = true;
  };
  const source = content.replace(/\r\n?/g, '\n');
  for (let at = 0; at < source.length; at++) {
    const c = source.charAt(at);
    if (isQuoted) {
      if (c !== '"') field += c;
      else if (source[at + 1] === '"') {
        field += c;
        at++;
      } else isQuoted = false;
    } else if (c === '"' && begins) {
      isQuoted = true;
      begins = false;
    } else if (c === delimiter) end();
    else if (c === '\n') {
      if (row.length > 0 || field !== '') end();
      rows.push(row);
      row = [];
      begins = true;
    } else {
      field += c;
      begins = false;
    }
  }
  if (row.length > 0 || field !== '') {
    end();
    rows.push(row);
  }
  return rows;
}

const csvNames = ['file', 'delimiter', 'encoding', 'default', 'col', 'keycol'];

/** The column of the row whose first one is the term. */
export function csvfile(terms: readonly Value[], kwargs: Mapping, read: ReadText): Value[] {
  return terms.flatMap((term): Value[] => {
    const { key, settings } = inlineSettings(text(term, ''), csvNames);
    if (key === '') throw new KprovError('bad-argument', 'lookup csvfile: Search key is required but was not found');
    const options: Mapping = { ...kwargs, ...settings };
    const unknown = Object.keys(options).find((name) => !csvNames.includes(name));
    if (unknown !== undefined) throw new KprovError('bad-argument', `lookup csvfile: ${unknown} is not a valid option`);
    const delimiter = text(options.delimiter, 'TAB');
    const content = read(text(options.file, 'ansible.csv'), text(options.encoding, 'utf-8'));
    const rows = parseCsv(content, delimiter === 'TAB' ? '\t' : delimiter);
    const found = rows.find((row) => row.length > 0 && row[Number(text(options.keycol, '0'))] === key);
    const column = Number(text(options.col, '1'));
    if (found !== undefined && found[column] === undefined) {
      throw new KprovError('bad-argument', `lookup csvfile: list index out of range: there is no column ${column}`);
    }
    const value = found?.[column] ?? options.default;
    return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  });
}

type Sections = Map<string, Map<string, string | null>>;

/** As Python's configparser reads it, values of several lines and %(name)s included. */
export function parseIni(
  content: string,
  options: { caseSensitive: boolean; allowNoValue: boolean; file: string },
): Sections {
  const sections: Sections = new Map();
  let section: Map<string, string | null> | undefined;
  let last: string | undefined;
  for (const line of content.replace(/\r\n?/g, '\n').split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    if (line.trim() === '') continue;
    const head = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (head !== undefined) {
      section = sections.get(head) ?? new Map();
      sections.set(head, section);
      last = undefined;
      continue;
    }
    if (/^\s/.test(line) && last !== undefined && section !== undefined) {
      section.set(last, `${section.get(last) ?? ''}\n${line.trim()}`);
      continue;
    }
    if (section === undefined) {
      throw new KprovError('bad-ini', `lookup ini: File contains no section headers. file: ${options.file}`);
    }
    const [, name = '', separator, value = ''] = /^\s*(.*?)\s*(?:([=:])\s*(.*))?$/.exec(line) ?? [];
    if (separator === undefined && !options.allowNoValue) {
      throw new KprovError('bad-ini', `lookup ini: ${options.file} contains parsing errors: ${line}`);
    }
    const key = options.caseSensitive ? name : name.toLowerCase();
    if (section.has(key)) throw new KprovError('bad-ini', `Duplicate option in '${options.file}': ${key}`);
    section.set(key, separator === undefined ? null : value.trim());
    last = key;
  }
  return sections;
}

/** Fills in %(name)s from the same section and from DEFAULT; %% is %. */
function interpolate(value: string, section: ReadonlyMap<string, string | null>, depth = 0): string {
  if (depth > 10) throw new KprovError('bad-ini', 'lookup ini: values that name each other without end');
  return value.replace(/%%|%\(([^)]+)\)s/g, (whole, name: string | undefined) => {
    if (name === undefined) return '%';
    const other = section.get(name.toLowerCase()) ?? section.get(name);
    if (other === undefined || other === null)
      throw new KprovError('bad-ini', `lookup ini: there is no ${name} for ${whole}`);
    return interpolate(other, section, depth + 1);
  });
}

const iniNames = [
  'type',
  'file',
  'section',
  're',
  'encoding',
  'default',
  'case_sensitive',
  'allow_no_value',
  'allow_none',
  'interpolation',
];

/** `lookup('ini')`: values of keys of an INI or properties file. Throws KprovError for options it does not know. */
export function ini(terms: readonly Value[], kwargs: Mapping, read: ReadText): Value[] {
  return terms.flatMap((term): Value[] => {
    const { key, settings } = inlineSettings(text(term, ''), iniNames);
    if (key === '') {
      const why = `No key to lookup was provided as first term with in string inline options: ${text(term, '')}`;
      throw new KprovError('bad-argument', why);
    }
    const options: Mapping = { ...kwargs, ...settings };
    const unknown = Object.keys(options).find((name) => !iniNames.includes(name));
    if (unknown !== undefined) throw new KprovError('bad-argument', `lookup ini: ${unknown} is not a valid option`);
    const file = text(options.file, 'ansible.ini');
    const isProperties = text(options.type, 'ini') === 'properties';
    const name = isProperties ? 'java_properties' : text(options.section, 'global');
    const caseSensitive = parseBoolean(options.case_sensitive) ?? false;
    const allowNoValue = parseBoolean(options.allow_no_value ?? options.allow_none) ?? false;
    const content = read(file, text(options.encoding, 'utf-8'));
    const sections = parseIni(isProperties ? `[java_properties]\n${content}` : content, {
      caseSensitive,
      allowNoValue,
      file,
    });
    const section = sections.get(name);
    if (section === undefined) throw new KprovError('bad-ini', `No section '${name}' in ${file}`);
    const whole = new Map([...(sections.get('DEFAULT') ?? []), ...section]);
    const isInterpolated = parseBoolean(options.interpolation) ?? true;
    const shownValue = (value: string | null): Value =>
      value === null || !isInterpolated ? value : interpolate(value, whole);
    if (parseBoolean(options.re) ?? false) {
      const regex = new RegExp(`^(?:${key})`);
      return [...whole].filter(([each]) => regex.test(each)).map(([, value]) => shownValue(value));
    }
    const found = whole.get(caseSensitive ? key : key.toLowerCase());
    if (found === undefined) {
      const otherwise = options.default ?? '';
      return Array.isArray(otherwise) ? otherwise : [otherwise];
    }
    return found === null ? [] : [shownValue(found)];
  });
}

const isGlob = (pattern: string): boolean => /[*?[]/.test(pattern);

/** `~` begins a regular expression, else it is a shell pattern. */
function matcherOf(pattern: string): (name: string) => boolean {
  if (!pattern.startsWith('~')) return globMatcher(pattern);
  const regex = new RegExp(pattern.slice(1));
  return (name) => regex.test(name);
}

/** The hosts of a pattern, by the variable `groups`. */
export function inventoryHostnames(terms: readonly Value[], groups: Value | undefined): Value[] {
  const byGroup = new Map<string, string[]>(
    isMapping(groups ?? null)
      ? Object.entries(groups as Mapping).map(([name, hosts]) => [name, Array.isArray(hosts) ? hosts.map(String) : []])
      : [],
  );
  const all = byGroup.get('all') ?? [];
  const hostsOf = (pattern: string): string[] => {
    const [, name = pattern, first, last] = /^([^~].*)\[(-?\d+)(?:[:-](\d*))?\]$/.exec(pattern) ?? [];
    if (first !== undefined) {
      const hosts = hostsOf(name);
      const start = Number(first);
      if (!/\[.*[:-]\d*\]$/.test(pattern.replace(/\[-/, '[')))
        return hosts.slice(start, start === -1 ? undefined : start + 1);
      return hosts.slice(start, last === undefined || last === '' ? undefined : Number(last) + 1);
    }
    const known = byGroup.get(pattern);
    if (known !== undefined) return known;
    if (pattern === '*') return all;
    if (!isGlob(pattern) && !pattern.startsWith('~')) return all.filter((host) => host === pattern);
    const matches = matcherOf(pattern);
    const matched = [...byGroup].filter(([group]) => matches(group)).flatMap(([, hosts]) => hosts);
    return [...matched, ...all.filter(matches)];
  };
  const patterns = terms
    .flatMap((term) => String(term).split(/[,:](?![^[]*\])/))
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const plain = patterns.filter((each) => !/^[!&]/.test(each));
  let hosts = [...new Set((plain.length > 0 ? plain : ['all']).flatMap(hostsOf))];
  for (const each of patterns.filter((p) => p.startsWith('&'))) {
    const wanted = new Set(hostsOf(each.slice(1)));
    hosts = hosts.filter((host) => wanted.has(host));
  }
  for (const each of patterns.filter((p) => p.startsWith('!'))) {
    const unwanted = new Set(hostsOf(each.slice(1)));
    hosts = hosts.filter((host) => !unwanted.has(host));
  }
  return hosts;
}
