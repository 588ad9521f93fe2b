import { readJson } from '../../template/index.js';
import { isMapping, type Mapping, mapping, parseBoolean, type Value } from '../../values/index.js';
import type { Diff, Interpretation, Report } from '../task.js';

interface Found {
  text: string;
  warnings: string[];
}

/** The JSON mapping in what a module printed: lines before and after it are left out, those after it with a warning. */
function mappingIn(output: string): Found | undefined {
  const lines = output.split(/\r\n|[\n\r]/);
  const start = lines.findIndex((line) => line.trim().startsWith('{'));
  if (start < 0) return undefined;
  let end = lines.length - 1;
  while (end >= start && !lines[end]?.trim().endsWith('}')) end--;
  if (end < start) return undefined;
  const junk = lines.slice(end + 1);
  const isJunk = junk.some((line) => line.trim() !== '');
  const told = junk.join('\n').replace(/\n$/, '');
  return {
    text: lines.slice(start, end + 1).join('\n'),
    warnings: isJunk ? [`Module invocation had junk after the JSON data: ${told}`] : [],
  };
}

function parse(output: string): { value: Mapping; warnings: string[] } | undefined {
  const found = mappingIn(output);
  if (found === undefined) return undefined;
  try {
    const value = readJson(found.text);
    return isMapping(value) ? { value, warnings: found.warnings } : undefined;
  } catch {
    return undefined;
  }
}

/** What is registered of a module that said nothing that can be read. */
function unreadable(stdout: string, stderr: string, rc: number, interpreter: string): Mapping {
  const value: Mapping = mapping({ module_stdout: stdout, module_stderr: stderr, rc });
  const trace = [stderr, stdout].find((text) => text.startsWith('Traceback'));
  if (trace !== undefined) value.exception = trace;
  const lacks = (text: string) => /: (?:No such file or directory|not found)/.test(text) && text.includes(interpreter);
  const isLacking = interpreter !== '' && (lacks(stderr) || lacks(stdout));
  const what = isLacking
    ? 'The module failed to execute correctly, you probably need to set the interpreter.'
    : 'MODULE FAILURE';
  value.msg = `${what}\nSee stdout/stderr for the exact error`;
  return value;
}

const asLines = (value: Value | undefined): Value[] =>
  typeof value === 'string' && value !== '' ? value.replace(/\r\n|[\n\r]$/, '').split(/\r\n|[\n\r]/) : [];

const asTexts = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

/** Only Ansible's own parts may say these. */
const internal = (name: string): boolean => name.startsWith('_ansible_') || name === 'add_host' || name === 'add_group';

const isTrue = (value: Value | undefined): boolean =>
  typeof value === 'string' ? parseBoolean(value) === true : Boolean(value);

function diffsOf(value: Value | undefined): Diff[] {
  const side = (text: Value | undefined): string =>
    typeof text === 'string' ? text : text === undefined || text === null ? '' : `${JSON.stringify(text, null, 4)}\n`;
  const heading = (text: Value | undefined, otherwise: string) =>
    typeof text === 'string' && text !== '' ? text : otherwise;
  return (Array.isArray(value) ? value : [value]).filter(isMapping).flatMap((diff): Diff[] => {
    const headers = {
      beforeHeader: heading(diff.before_header, 'before'),
      afterHeader: heading(diff.after_header, 'after'),
    };
    if (diff.before !== undefined || diff.after !== undefined)
      return [{ before: side(diff.before), after: side(diff.after), ...headers }];
    return diff.prepared === undefined ? [] : [{ before: '', after: side(diff.prepared), ...headers }];
  });
}

/** What a module's output comes to. In the background Ansible keeps what it printed as errors, too. */
export function readResult(report: Report, about: { isAsync: boolean; checkMode: boolean }): Interpretation {
  const stdout = report.text('module_stdout') ?? '';
  const stderr = report.text('module_stderr') ?? '';
  const parsed = parse(stdout);
  if (parsed === undefined) {
    const value = unreadable(stdout, stderr, Number(report.text('module_rc') ?? 0), report.text('interpreter') ?? '');
    return { status: 'failed', result: about.isAsync ? { ...value, stderr } : value };
  }
  const result: Mapping = mapping();
  const warnings = [...asTexts(parsed.value.warnings)];
  for (const [name, value] of Object.entries(parsed.value)) {
    if (name === 'invocation' || name === 'warnings') continue;
    if (internal(name)) {
      if (name !== '_ansible_parsed' && name !== '_ansible_trusted_utf8')
        warnings.push(`Removed unexpected internal key in module return: ${name}`);
    } else if (name === 'deprecations' && asTexts(value).length === 0) continue;
    else if (name === 'results' && !Array.isArray(value)) result.ansible_module_results = value;
    else result[name] = value;
  }
  if (about.isAsync) {
    result.stdout ??= '';
    result.stderr ??= stderr;
  }
  warnings.push(...parsed.warnings);
  if (warnings.length > 0) result.warnings = warnings;
  for (const name of ['stdout', 'stderr'] as const) {
    if (result[name] !== undefined) result[`${name}_lines`] ??= asLines(result[name]);
  }
  const { rc } = result;
  const hasFailed = result.failed === undefined ? rc !== undefined && String(rc) !== '0' : isTrue(result.failed);
  const isSkipped = isTrue(result.skipped);
  const status = hasFailed ? 'failed' : isSkipped ? 'skipped' : isTrue(result.changed) ? 'changed' : 'ok';
  return { status, result, diff: diffsOf(result.diff), incomplete: isSkipped && about.checkMode };
}
