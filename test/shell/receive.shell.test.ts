import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { renderReception } from '../../src/shell/index.js';
import { shells } from '../support/shells.js';

const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256));

describe.each(shells)('a session that receives a file in %s', (_name, argv) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const receive = (path: string, content: Buffer, how: { append?: boolean; gzip?: boolean } = {}) => {
    const reception = { path, append: how.append ?? false, gzip: how.gzip ?? false };
    const { command, input } = renderReception({ method: 'none' }, '0123456789abcdef', reception);
    const inner = /^exec \/bin\/sh -c '(.*)'$/s.exec(command)?.[1] ?? '';
    const [program = 'sh', ...options] = argv.filter((word) => word !== '-s');
    return spawnSync(program, [...options, '-c', inner], { input: Buffer.concat([Buffer.from(input), content]) });
  };

  test('every byte arrives, in a file for nobody else', () => {
    expect(receive(join(folder, "a b'$x"), bytes).status).toBe(0);
    expect(readFileSync(join(folder, "a b'$x")).equals(bytes)).toBe(true);
    expect(statSync(join(folder, "a b'$x")).mode & 0o777).toBe(0o600);
  });

  test('behind what is there, compressed in several parts', () => {
    writeFileSync(join(folder, 'f'), 'begun ');
    const parts = Buffer.concat([gzipSync(bytes.subarray(0, 70_000)), gzipSync(bytes.subarray(70_000))]);
    expect(receive(join(folder, 'f'), parts, { append: true, gzip: true }).status).toBe(0);
    expect(readFileSync(join(folder, 'f')).equals(Buffer.concat([Buffer.from('begun '), bytes]))).toBe(true);
  });

  test('nothing is written where others may write', () => {
    chmodSync(folder, 0o770);
    expect(receive(join(folder, 'f'), bytes).status).toBe(9);
    expect(execFileSync('ls', [folder]).toString()).toBe('');
  });

  test('a directory that is a link is entered, and looked at where it leads', () => {
    mkdirSync(join(folder, 'real'), { mode: 0o755 });
    symlinkSync('real', join(folder, 'link'));
    expect(receive(join(folder, 'link/f'), bytes).status).toBe(9);
  });
});
