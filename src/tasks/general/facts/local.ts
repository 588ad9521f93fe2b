import type { Mapping, Value } from '../../../values/index.js';
import type { Field } from './platform.js';

function parseIni(text: string): Mapping | undefined {
  const sections: Record<string, Record<string, Value>> = {};
  let section: Record<string, Value> | undefined;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const header = /^\[([^\]]+)\]$/.exec(trimmed)?.[1];
    const entry = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (header !== undefined) {
      section = {};
      sections[header] = section;
    } else if (entry?.[1] && section) section[entry[1].toLowerCase()] = entry[2] ?? '';
    else return undefined;
  }
  return Object.keys(sections).length > 0 ? sections : undefined;
}

function parseFact(name: string, text: string): Value {
  if (text.startsWith('\x01') || text.includes('\x01')) {
    const rc = text.slice(text.indexOf('\x01') + 1);
    return `Failure executing fact script (${name}.fact), rc: ${rc}`;
  }
  try {
    return JSON.parse(text) as Value;
  } catch {
    return parseIni(text) ?? `error loading facts as JSON or ini - please check content: ${name}.fact`;
  }
}

/** Custom facts: JSON, INI, or what an executable prints. */
export function localFacts(field: Field): Mapping {
  const local: Mapping = {};
  for (let i = 1; ; i++) {
    const name = field(`fact_name_${i}`);
    if (name === undefined) return { local };
    local[name] = parseFact(name, field(`fact_${i}`) ?? '');
  }
}
