import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlaybook } from '../../src/playbook/loader.js';
import { renderDiagnostics } from '../../src/report/diagnostics.js';
import { catalogue } from './catalogue.js';
import { memoryFiles } from './memory-files.js';
import { outline } from './outline.js';

/**
 * cases/NAME.case is one playbook, or several files each under a line `#file: PATH`, of which the first is the playbook;
 * cases/NAME.txt is what loading it says, and the plays that come out of it unless that has an error.
 * `UPDATE=1` writes the expectations anew; read the difference before believing it.
 */
const folder = join(import.meta.dirname, 'cases');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.case'))
  .map((name) => name.slice(0, -'.case'.length));

function filesOf(text: string): Record<string, string> {
  const parts = text.split(/^#file: (.+)\n/m);
  const files: Record<string, string> = {};
  for (let i = 1; i < parts.length; i += 2) files[parts[i] ?? ''] = parts[i + 1] ?? '';
  return parts.length === 1 ? { 'site.yml': text } : files;
}

/** Stands in for the template engine: `{{ ! }}` is wrong at the exclamation mark. */
const templateCheck = (text: string): { message: string; offset: number } | undefined =>
  (!text.includes('raw %}') && text.includes('{{ !')) || /\{\{[^}]*!\s*\}\}/.test(text)
    ? { message: 'unexpected `!` in a template', offset: text.indexOf('!') }
    : undefined;

function said(name: string): string {
  const files = filesOf(readFileSync(join(folder, `${name}.case`), 'utf8'));
  const { playbook, diagnostics } = loadPlaybook(Object.keys(files).slice(0, 1), {
    files: memoryFiles(files),
    catalogue,
    templateCheck,
    staticVars: { env: 'prod' },
    refusedKeywords: { throttle: 'throttle is not there yet' },
  });
  const readLine = (file: string, line: number): string | undefined => files[file]?.split('\n')[line - 1];
  const rendered = renderDiagnostics(diagnostics, readLine, { color: false });
  const isBroken = diagnostics.some((d) => d.severity === 'error');
  const plays = isBroken ? [] : playbook.plays.map(outline);
  return `${[rendered, ...plays].filter((part) => part !== '').join('\n\n')}\n`;
}

test.each(names)('case %s', (name) => {
  const file = join(folder, `${name}.txt`);
  if (process.env.UPDATE) writeFileSync(file, said(name));
  expect(said(name)).toBe(readFileSync(file, 'utf8'));
});
