import { escapePattern } from '../../values/index.js';

export interface IniEdit {
  section: string | undefined;
  option: string | undefined;
  values: readonly string[];
  state: 'present' | 'absent';
  exclusive: boolean;
  noExtraSpaces: boolean;
  allowNoValue: boolean;
}

interface Lines {
  lines: string[];
  /** Beside each line: whether it holds what was asked for already, or has been made to. */
  settled: boolean[];
  msg: string;
  changed: boolean;
}

/** The value of a line that sets the option, commented out or not; undefined where it does not. */
const optionLine = (option: string, comment: string): ((line: string) => string | undefined) => {
  const pattern = new RegExp(`^${comment}[ \t]*${escapePattern(option)}[ \t]*(?:=|(?=\n?$))[ \t]*([^\n]*)`);
  return (line) => pattern.exec(line)?.[1];
};

function settle(section: Lines, index: number, line: string): void {
  if (section.lines[index] !== line) {
    section.changed = true;
    section.msg = 'option changed';
    section.lines[index] = line;
  }
  section.settled[index] = true;
}

/** Lines that set the option: those with a wanted value are kept, others take the remaining values or go. */
function present(section: Lines, option: string, edit: IniEdit): void {
  const values = [...edit.values];
  const settingOf = optionLine(option, '[#;]?');
  const assign = (value: string) => (edit.noExtraSpaces ? `${option}=${value}\n` : `${option} = ${value}\n`);
  let hasBare = false;
  for (const [index, line] of section.lines.entries()) {
    const value = settingOf(line);
    if (value === undefined) continue;
    if (values.includes(value)) {
      const isBare = value === '' && edit.allowNoValue;
      hasBare ||= isBare;
      settle(section, index, isBare ? `${option}\n` : assign(value));
      values.splice(values.indexOf(value), 1);
    } else if (values.length === 0 && edit.allowNoValue) {
      settle(section, index, `${option}\n`);
      hasBare = true;
      break;
    }
  }
  if (edit.exclusive && !edit.allowNoValue) {
    for (const [index, line] of section.lines.entries()) {
      if (section.settled[index] || settingOf(line) === undefined) continue;
      const next = values.shift();
      if (next === undefined) break;
      settle(section, index, assign(next));
    }
    for (let index = section.lines.length - 1; index > 0; index--) {
      if (section.settled[index] || settingOf(section.lines[index] ?? '') === undefined) continue;
      section.lines.splice(index, 1);
      section.settled.splice(index, 1);
      section.changed = true;
      section.msg = 'option changed';
    }
  }
  const added = values.length > 0 ? values.map(assign) : edit.allowNoValue && !hasBare ? [`${option}\n`] : [];
  const end = section.lines.findLastIndex((line) => !/^[ \t]*([#;][^\n]*)?\n?$/.test(line)) + 1;
  if (added.length === 0 || end === 0) return;
  section.lines.splice(end, 0, ...added);
  section.changed = true;
  section.msg = 'option added';
}

function absent(section: Lines, edit: IniEdit): void {
  const { option } = edit;
  if (option === undefined) {
    if (section.lines.every((line) => line === '[\0')) return;
    Object.assign(section, { lines: [], msg: 'section removed', changed: true });
    return;
  }
  const settingOf = optionLine(option, '');
  const kept = section.lines.filter((line) => {
    const value = settingOf(line);
    return value === undefined || (!edit.exclusive && !edit.values.includes(value));
  });
  if (kept.length === section.lines.length) return;
  Object.assign(section, { lines: kept, msg: 'option changed', changed: true });
}

/**
 * What community.general's ini_file makes of a text, its blank first line of a new file included. Without a section
 * the lines before the first one are meant.
 */
export function editIni(text: string, edit: IniEdit): { text?: string; msg: string } {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .match(/[^\n]*\n|[^\n]+$/g) ?? ['\n'];
  const wasOpen = !lines.at(-1)?.endsWith('\n');
  if (wasOpen) lines.push(`${lines.pop()}\n`);
  // A made-up head, so that what stands before the first section is one as well; it is not blank.
  const heads = ['[\0', ...lines];
  const isHead = (line: string) =>
    edit.section === undefined || edit.section === '' ? line === '[\0' : line.startsWith(`[${edit.section}]`);
  let start = -1;
  let end = heads.length;
  for (const [index, line] of heads.entries()) {
    // A repeated head goes on with the section, and what stood before it is not looked at, as in the original.
    if (isHead(line)) start = index;
    else if (line.startsWith('[') && start >= 0) {
      end = index;
      break;
    }
  }
  const section: Lines = { lines: start < 0 ? [] : heads.slice(start, end), settled: [], msg: 'OK', changed: wasOpen };
  const before = start < 0 ? heads : heads.slice(0, start);
  const after = start < 0 ? [] : heads.slice(end);
  if (edit.state === 'absent') absent(section, edit);
  else if (start >= 0) {
    if (edit.option !== undefined && edit.option !== '') present(section, edit.option, edit);
  } else {
    after.push(`[${edit.section}]\n`);
    const { option } = edit;
    const assign = (value: string) => (edit.noExtraSpaces ? `${option}=${value}\n` : `${option} = ${value}\n`);
    const added = !option
      ? []
      : edit.values.length > 0
        ? edit.values.map(assign)
        : edit.allowNoValue
          ? [`${option}\n`]
          : [];
    after.push(...added);
    Object.assign(section, {
      changed: true,
      msg: added.length > 0 ? 'section and option added' : 'only section added',
    });
  }
  const made = [...before, ...section.lines, ...after].filter((line) => line !== '[\0').join('');
  return section.changed ? { text: made, msg: section.msg } : { msg: section.msg };
}
