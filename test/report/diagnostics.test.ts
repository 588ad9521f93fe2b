import { resolve } from 'node:path';
import fc from 'fast-check';
import type { Diagnostic } from '../../src/errors/index.js';
import { renderDiagnostic, renderDiagnostics } from '../../src/report/diagnostics.js';

const plain = { color: false };
const wrong: Diagnostic = {
  severity: 'error',
  code: 'unknown-parameter',
  message: 'unknown parameter `stat` of `file`',
  position: { file: 'site.yml', line: 12, column: 7, length: 4 },
  why: 'it has no such parameter',
  fix: 'did you mean `state`?',
};
const render = (line: string | undefined, change: Partial<Diagnostic> = {}): string =>
  renderDiagnostic({ ...wrong, ...change }, () => line, plain);

test('place, message, marked line, why and fix are shown', () => {
  expect(render('      stat: directory')).toBe(
    [
      'site.yml:12:7: error: unknown parameter `stat` of `file` [unknown-parameter]',
      '  12 |       stat: directory',
      '     |       ^~~~',
      '  why: it has no such parameter',
      '  fix: did you mean `state`?',
    ].join('\n'),
  );
});

test('where kprov stands in for ansible-playbook an error begins as there, its place in the words of both comes below', () => {
  const options = { ...plain, likeAnsible: true };
  expect(
    renderDiagnostic(wrong, () => '      stat: directory', options)
      .split('\n')
      .slice(0, 4),
  ).toEqual([
    'ERROR! unknown parameter `stat` of `file` [unknown-parameter]',
    `The error appears to be in '${resolve('site.yml')}': line 12, column 7`,
    '  site.yml:12:7',
    '  12 |       stat: directory',
  ]);
  expect(renderDiagnostic({ ...wrong, severity: 'warning' }, () => undefined, options)).toMatch(
    /^site.yml:12:7: warning/,
  );
});

test('without the line, and without a place, the rest is shown', () => {
  expect(render(undefined).split('\n')).toHaveLength(3);
  const { position: _, ...nowhere } = wrong;
  expect(renderDiagnostic(nowhere, () => 'x', plain).split('\n')[0]).toBe(
    'error: unknown parameter `stat` of `file` [unknown-parameter]',
  );
});

test('a fix of several lines keeps the command on its own line', () => {
  expect(render(undefined, { fix: 'run\nssh-add key' }).split('\n').slice(-2)).toEqual([
    '  fix: run',
    '       ssh-add key',
  ]);
});

test('tabs and wide characters do not shift the mark', () => {
  const [, , mark] = render('\t日本: x', { position: { file: 'f', line: 1, column: 6, length: 1 } }).split('\n');
  expect(mark).toBe('    |        ^');
});

test('a long line is cut around the mark', () => {
  const line = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
  const [, text, mark] = render(line, { position: { file: 'f', line: 1, column: 501, length: 4 } }).split('\n');
  expect(text?.length).toBeLessThan(140);
  expect(text?.slice(mark?.indexOf('^'), (mark?.indexOf('^') ?? 0) + 4)).toBe('HERE');
});

test('a mark beyond the end of the line stands after it', () => {
  expect(render('ab', { position: { file: 'f', line: 1, column: 9, length: 3 } }).split('\n')[2]).toBe('    |   ^');
});

test('colors are used when wanted, and only then', () => {
  expect(renderDiagnostic(wrong, () => 'stat', { color: true })).toContain('\u001b[31m');
  expect(render('stat')).not.toContain('\u001b');
});

test('nothing from a file can command the terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.nat(30), (line, message, column) => {
      const text = render(line.replaceAll('\n', ''), {
        message,
        position: { file: message, line: 1, column, length: column },
      });
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('several are counted at the end', () => {
  const all = renderDiagnostics([wrong, wrong, { ...wrong, severity: 'warning' }], () => undefined, plain);
  expect(all.split('\n\n').at(-1)).toBe('2 errors, 1 warning');
  expect(renderDiagnostics([], () => undefined, plain)).toBe('');
});
