import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { archive } from '../../../src/tasks/general/archive.js';
import { shells } from '../../support/shells.js';
import { proveTaskCases, putFiles, TaskHost } from '../../support/task-cases.js';

jest.setTimeout(30_000);

const tree = { 'd/a': 'a', 'd/sub/b': 'b', 'd/-x $(id)': 'x', 'e/c': 'c' };

proveTaskCases(archive, [
  {
    name: 'a directory becomes an archive, once',
    args: { path: '{dir}/d', dest: '{dir}/out.tgz', mode: '0600' },
    files: tree,
    modes: { 'out.tgz': '0600' },
    result: {
      dest: '{dir}/out.tgz',
      dest_state: 'archive',
      arcroot: '{dir}/',
      archived: ['{dir}/d/-x $(id)', '{dir}/d/a', '{dir}/d/sub', '{dir}/d/sub/b'],
      missing: [],
    },
  },
  {
    name: 'a single file is compressed beside itself',
    args: { path: '{dir}/d/a' },
    files: tree,
    result: { dest: '{dir}/d/a.gz', dest_state: 'compress', archived: ['{dir}/d/a'] },
  },
  {
    name: 'what was packed is removed on request, and a second run finds nothing to do',
    args: { path: ['{dir}/d', '{dir}/e'], dest: '{dir}/out.tar.bz2', format: 'bz2', remove: true },
    files: tree,
    after: { d: undefined, e: undefined },
    result: { dest_state: 'archive' },
  },
  {
    name: 'paths that are not there are named',
    args: { path: ['{dir}/d', '{dir}/none'], dest: '{dir}/out.tar', format: 'tar' },
    files: tree,
    result: { dest_state: 'incomplete', missing: ['{dir}/none'] },
  },
  {
    name: 'several files need a destination',
    args: { path: ['{dir}/d', '{dir}/e'] },
    files: tree,
    status: 'failed',
    result: { msg: 'Error, must specify "dest" when archiving multiple files or trees' },
  },
  {
    name: 'a pattern without a match fails',
    args: { path: '{dir}/*.none', dest: '{dir}/out.tgz' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'Error, no source paths were found' },
  },
  {
    name: 'an archive within what is removed is refused',
    args: { path: '{dir}/d', dest: '{dir}/d/out.tgz', remove: true },
    files: tree,
    status: 'failed',
  },
]);

const hasZip = ['zip', 'unzip'].every((program) => spawnSync(program, ['-h']).error === undefined);

describe.each(shells)('archives in %s', (name, argv) => {
  let host: TaskHost;
  let dir: string;
  beforeEach(() => {
    host = new TaskHost(argv);
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'kprov-')));
    putFiles(dir, tree);
  });
  afterEach(async () => {
    await host.close();
    rmSync(dir, { recursive: true });
  });
  const names = (file: string) => {
    const list = file.endsWith('.zip') ? ['unzip', '-Z1'] : ['tar', 'tf'];
    return execFileSync(list[0] ?? '', [list[1] ?? '', join(dir, file)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .sort();
  };

  // busybox packs no xz
  test.each(['gz', 'bz2', 'tar', ...(name === 'busybox ash' ? [] : ['xz'])])(
    '%s holds entries below the common directory, without what is excluded',
    async (format) => {
      const args = {
        path: [`${dir}/*`],
        dest: `${dir}/out.${format}`,
        format,
        exclude_path: [`${dir}/out.*`],
        exclusion_patterns: ['*/sub*'],
      };
      expect((await host.run(archive, args)).status).toBe('changed');
      expect(names(`out.${format}`)).toEqual(['d/-x $(id)', 'd/a', 'e/c']);
      expect((await host.run(archive, args, { check: true })).status).toBe('ok');
      writeFileSync(join(dir, 'd/a'), 'another');
      expect((await host.run(archive, args, { check: true })).status).toBe('changed');
      expect((await host.run(archive, args)).status).toBe('changed');
    },
  );

  (hasZip ? test : test.skip)('zip is packed anew only where something in it differs', async () => {
    const args = { path: [`${dir}/d`, `${dir}/e`], dest: `${dir}/out.zip`, format: 'zip' };
    expect((await host.run(archive, args)).status).toBe('changed');
    expect(names('out.zip')).toEqual(expect.arrayContaining(['d/a', 'e/c']));
    expect((await host.run(archive, args)).status).toBe('ok');
  });
});
