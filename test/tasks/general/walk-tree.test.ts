import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '../../../src/engine/index.js';
import { walkTree } from '../../../src/tasks/general/walk-tree.js';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'kprov-walk-')));
  for (const name of ['top/d/e', 'aside']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['top/f', 'top/d/g', 'aside/h']) writeFileSync(join(folder, name), '');
  for (const [name, target] of [
    ['top/to-file', 'f'],
    ['top/to-nothing', 'nowhere'],
    ['top/d/up', '..'],
    ['top/out', '../aside'],
    ['aside/back', '../top'],
  ] as const)
    symlinkSync(target, join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const walk = (follows: boolean) =>
  [...walkTree(nodeFiles, join(folder, 'top'), follows)].map(
    ({ name, kind, source }) => `${kind} ${name} ${source.replace(`${folder}/`, '')}`,
  );

test('links are followed, but for those that lead nowhere or to where they stand; files come before directories', () => {
  expect(walk(true)).toEqual([
    'file f top/f',
    'file to-file top/f',
    'link to-nothing nowhere',
    'directory d top/d',
    'file d/g top/d/g',
    'link d/up ..',
    'directory d/e top/d/e',
    'directory out aside',
    'link out/back ../top',
    'file out/h aside/h',
  ]);
});

test('or they stay links', () => {
  expect(walk(false)).toEqual([
    'file f top/f',
    'link out ../aside',
    'link to-file f',
    'link to-nothing nowhere',
    'directory d top/d',
    'file d/g top/d/g',
    'link d/up ..',
    'directory d/e top/d/e',
  ]);
});
