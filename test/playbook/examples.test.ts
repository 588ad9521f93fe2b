import { loadPlaybook, registryCatalogue } from '../../src/playbook/index.js';
import { renderDiagnostics } from '../../src/report/diagnostics.js';
import { tasks } from '../../src/tasks/index.js';
import { memoryFiles } from './memory-files.js';

test.each(tasks.map(({ name, example }) => [name, example] as const))(
  'the example of %s loads without a complaint',
  (_, example) => {
    const indented = example.replace(/^(?=.)/gm, '    ');
    const text = `- hosts: all\n  tasks:\n${indented}\n`;
    const { playbook, diagnostics } = loadPlaybook(['example.yml'], {
      files: memoryFiles({ 'example.yml': text }),
      catalogue: registryCatalogue(),
    });
    // Files, roles and handlers of an example are elsewhere.
    const elsewhere = new Set(['missing-file', 'missing-role', 'unknown-handler', 'misplaced-keyword']);
    const serious = diagnostics.filter(({ code }) => !elsewhere.has(code));
    expect(renderDiagnostics(serious, (_file, line) => text.split('\n')[line - 1], { color: false })).toBe('');
    expect(playbook.plays).toHaveLength(1);
  },
);
