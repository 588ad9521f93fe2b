import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { openLogFile } from '../../src/cli/log-file.js';

const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = new Date(2026, 0, 2, 3, 4, 5, 6);
const about = `2026-01-02 03:04:05,006 p=${process.pid} u=${userInfo().username} n=kprov |`;

test('each message is a line behind time, process and user; colours and empty lines are left out', () => {
  const path = join(folder, 'log');
  const log = openLogFile(path, () => at);
  log.write('\nPLAY [all] ***\n');
  log.write('\u001b[0;32mok: [n1]\u001b[0m\n');
  log.write('\n');
  log.close();
  expect(readFileSync(path, 'utf8')).toBe(`${about} PLAY [all] ***\n${about} ok: [n1]\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('an existing log goes on, with the permissions that it has', () => {
  const path = join(folder, 'old');
  writeFileSync(path, 'old\n', { mode: 0o644 });
  const log = openLogFile(path, () => at);
  log.write('new');
  log.close();
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([`old\n${about} new\n`, 0o644]);
});

test('a log that cannot be written is an error before anything runs', () => {
  expect(() => openLogFile(join(folder, 'none/log'))).toThrow(expect.objectContaining({ code: 'log-file' }));
});
