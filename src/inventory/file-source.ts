import { posix } from 'node:path';
import type { Diagnostic } from '../errors/index.js';
import { type Files, isMapping } from '../values/index.js';
import { type ParsedYaml, parseYaml } from '../yaml/index.js';
import { readIni } from './ini.js';
import type { InventoryIo } from './model.js';
import { isReadError, reasonOf } from './place.js';
import { readExecutable } from './script-source.js';
import type { Source } from './source.js';
import { readYamlInventory } from './yaml-source.js';

const yamlExtensions = ['.yml', '.yaml', '.json'];

/** Reads one inventory file, whatever its format. */
export async function readFileSource(source: Source, io: InventoryIo): Promise<void> {
  const error = (code: string, message: string, more: Pick<Diagnostic, 'why' | 'fix'> = {}): void =>
    source.report({ severity: 'error', code, message, position: { file: source.file, line: 1, column: 1 }, ...more });
  let text: string | undefined;
  try {
    text = io.files.read(source.path);
  } catch (problem) {
    if (!isReadError(problem)) throw problem;
    return error(problem.code, problem.message, reasonOf(problem));
  }
  if (text === undefined) return error('inventory-not-found', 'the file is not there');
  const hasInterpreter = /^#!\s*\//.test(text);
  const isBinary = text.includes('\0');
  if ((hasInterpreter || isBinary) && io.files.isExecutable(source.path))
    return readExecutable(source, io.runExecutable);
  if (hasInterpreter) {
    const fix = `make it executable:\nchmod +x ${source.file}`;
    return error('not-executable', 'a script that is not executable', {
      why: 'its first line names an interpreter',
      fix,
    });
  }
  if (isBinary)
    return error('bad-inventory', 'a binary file', { why: 'expected INI, YAML, or an executable that prints JSON' });
  const extension = posix.extname(source.path);
  if (extension === '.toml')
    return error('toml-unsupported', 'TOML inventories are not supported', { fix: 'write it as INI or YAML' });
  // The vault's header is refused by the YAML reader; nothing in an encrypted file tells its format.
  const isYaml = yamlExtensions.includes(extension) || text.startsWith('$ANSIBLE_VAULT;');
  const parsed = isYaml || extension === '' ? parseIfYaml(text, source.file, isYaml, io.files) : undefined;
  if (parsed === undefined) readIni(text.replace(/^\ufeff/, ''), source);
  else readYaml(parsed, source);
}

/** Without an extension to tell, a mapping is YAML and everything else INI, unless it clearly meant to be YAML. */
function parseIfYaml(text: string, file: string, isCertain: boolean, rules: Files): ParsedYaml | undefined {
  if (isCertain) return parseYaml(text, file, rules);
  const first = text.split(/\r\n|\n|\r/).find((line) => /^\s*[^\s#;]/.test(line)) ?? '';
  if (/^\s*\[/.test(first)) return undefined;
  const parsed = parseYaml(text, file, rules);
  const isMapped = parsed.diagnostics.length === 0 && isMapping(parsed.documents[0]?.value);
  return isMapped || /^(?:---|\{|[\w.-]+:(?:\s|$))/.test(first) ? parsed : undefined;
}

function readYaml({ documents, diagnostics }: ParsedYaml, source: Source): void {
  for (const diagnostic of diagnostics) source.report(diagnostic);
  const [document, second] = documents;
  if (second !== undefined) {
    const why = 'an inventory is a single mapping of groups';
    const position = second.at([]);
    source.report({
      severity: 'error',
      code: 'several-documents',
      message: 'more than one YAML document',
      why,
      position,
    });
  }
  if (diagnostics.some(({ severity }) => severity === 'error')) return;
  if (document === undefined || document.value === null) {
    const position = { file: source.file, line: 1, column: 1 };
    source.report({ severity: 'warning', code: 'empty-inventory', message: 'an empty inventory', position });
    return;
  }
  readYamlInventory(document, source);
}
