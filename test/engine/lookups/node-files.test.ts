import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '../../../src/engine/lookups/node-files.js';

const directory = mkdtempSync(join(tmpdir(), 'kprov-files-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('nothing is read where there is none, and a device that ends at once is empty', () => {
  expect(nodeFiles.read(join(directory, 'none'))).toBeUndefined();
  expect(nodeFiles.read('/dev/null')).toBe('');
});

test('a device without end is an error', () => {
  expect(() => nodeFiles.readBytes('/dev/zero')).toThrow('/dev/zero is no file, and gives more than 67108864 bytes');
});

test('a pipe is read to its end', () => {
  const pipe = join(directory, 'pipe');
  const text = 'line\n'.repeat(100_000);
  writeFileSync(join(directory, 'text'), text);
  execFileSync('sh', ['-c', 'mkfifo pipe; cat text >pipe &'], { cwd: directory, stdio: 'ignore' });
  expect(nodeFiles.read(pipe)).toBe(text);
});
