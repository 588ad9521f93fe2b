import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountFacts } from '../../../src/tasks/general/mount-facts.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { proveTaskCases, TaskHost } from '../../support/task-cases.js';

interface Facts {
  mount_points: Record<string, Mapping>;
  aggregate_mounts: Mapping[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-mounts-'));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program('two', 'printf "%s\\n" "tmpfs on /tmp type tmpfs (rw)" "s:/x on /mnt/x type nfs4 (ro,hard)"');
  program('slow', 'exec sleep 20');
  program('broken', 'exit 3');
  program('stat', 'case $* in *"/slow"*) exec sleep 20 ;; esac; exit 1');
  program('blkid', '[ "$1" = --uuid ] && [ "$2" = 6b8b-1 ] && echo /dev/vda1');
  program('lsblk', 'printf "%s\\n" "/dev/vdb" "/dev/vdb1    aa-bb"');
  writeFileSync(
    join(folder, 'tab'),
    '# what is mounted at boot\nUUID=6b8b-1 / xfs defaults 0 0\n/dev/vdb1 /data ext4 noatime\n/dev/vdc1 /data xfs ro\n',
  );
  symlinkSync('tab', join(folder, 'link'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(shells)('in %s', (_name, argv) => {
  let host: TaskHost;
  beforeAll(() => {
    host = new TaskHost(argv, { ...process.env, PATH: `${folder}:${process.env.PATH ?? ''}` });
  });
  afterAll(() => host.close());
  const run = async (args: Mapping) => {
    const { status, result, roundTrips } = await host.run(mountFacts, args);
    return { status, result, roundTrips, facts: result.ansible_facts as unknown as Facts };
  };

  test('a table is read once under whatever name, and the first of two mounts counts', async () => {
    const tab = join(folder, 'tab');
    const { facts, result, roundTrips } = await run({ sources: [tab, join(folder, 'link'), '/nowhere'] });
    expect(roundTrips).toBe(2);
    expect(Object.keys(facts.mount_points)).toEqual(['/', '/data']);
    expect(facts.mount_points['/data']).toEqual({
      device: '/dev/vdb1',
      mount: '/data',
      fstype: 'ext4',
      options: 'noatime',
      uuid: 'aa-bb',
      ansible_context: { source: tab, source_data: '/dev/vdb1 /data ext4 noatime' },
    });
    expect(facts.mount_points['/']).toMatchObject({ uuid: '6b8b-1', dump: 0, passno: 0 });
    expect(facts.aggregate_mounts).toEqual([]);
    expect(result.warnings).toEqual([
      `mount_facts: ignoring repeat mounts in the following sources: ${tab} (['/', '/data', '/data']). You can disable this warning by configuring the 'include_aggregate_mounts' option as True or False.`,
    ]);
  });

  test('all mounts are returned on request, and nobody is warned', async () => {
    const { facts, result } = await run({ sources: [join(folder, 'tab')], include_aggregate_mounts: true });
    expect(facts.aggregate_mounts.map(({ device }) => device)).toEqual(['UUID=6b8b-1', '/dev/vdb1', '/dev/vdc1']);
    expect(result.warnings).toBeUndefined();
  });

  test('a device that a table names by UUID is found by its own name', async () => {
    const { facts, roundTrips } = await run({ sources: [join(folder, 'tab')], devices: ['/dev/vda*'] });
    expect(roundTrips).toBe(3);
    expect(Object.keys(facts.mount_points)).toEqual(['/']);
    expect(facts.mount_points['/']).toMatchObject({ device: 'UUID=6b8b-1', uuid: '6b8b-1' });
  });

  test('the binary is run where it is a source, once', async () => {
    const given = { mount_binary: join(folder, 'two'), devices: '[!/]*', fstypes: ['nfs', 'nfs4'] };
    const { facts, result } = await run({ ...given, sources: ['mount', 'mount'], include_aggregate_mounts: true });
    expect(facts.aggregate_mounts).toEqual([
      expect.objectContaining({ device: 's:/x', mount: '/mnt/x', fstype: 'nfs4', options: 'ro,hard', uuid: null }),
    ]);
    expect(result.warnings).toEqual([
      "mount_facts option 'sources' contains duplicate entries, repeat sources will be ignored: ['mount', 'mount']",
    ]);
  });

  test('it is not run where a file says what is mounted', async () => {
    const { facts } = await run({
      sources: ['dynamic'],
      mount_binary: join(folder, 'two'),
      include_aggregate_mounts: true,
    });
    expect(new Set(facts.aggregate_mounts.map((each) => (each.ansible_context as Mapping).source))).toEqual(
      new Set(['/etc/mtab']),
    );
  });

  test.each([
    ['error', 'failed', undefined],
    ['warn', 'ok', [expect.stringMatching(/^Command '.*\/slow' timed out after 0\.2 seconds$/)]],
    ['ignore', 'ok', undefined],
  ])('a binary that takes longer than the timeout, with on_timeout %s', async (onTimeout, status, warnings) => {
    const given = { sources: ['mount'], mount_binary: join(folder, 'slow'), timeout: 0.2, on_timeout: onTimeout };
    const ran = await run(given);
    expect(ran.status).toBe(status);
    expect(ran.result.warnings).toEqual(warnings);
    if (status === 'failed') expect(ran.result.msg).toMatch(/^Command '.*\/slow' timed out after 0\.2 seconds$/);
    else expect(ran.facts.mount_points).toEqual({});
  });

  // A busybox that finds its own programs first cannot be given this one.
  const unlessOwn = argv[0] === 'busybox' ? test.skip : test;
  unlessOwn('a mount that does not tell its size in time is a failure, or has none', async () => {
    writeFileSync(join(folder, 'dead'), 's:/x /slow nfs4 ro 0 0\n');
    const given = { sources: [join(folder, 'dead')], timeout: '0.2' };
    const told = 'Timed out getting mount size for mount /slow (type nfs4) after 0.2 seconds';
    expect((await run(given)).result.msg).toBe(told);
    const { facts, result } = await run({ ...given, on_timeout: 'warn' });
    expect(result.warnings).toEqual([told]);
    expect(facts.mount_points['/slow']).toMatchObject({ device: 's:/x', uuid: null });
    expect(facts.mount_points['/slow']).not.toHaveProperty('size_total');
  });

  test.each([
    ['broken', /^Failed to execute .*\/broken: Command '.*\/broken' returned non-zero exit status 3\.$/],
    ['not-there', /^Failed to find required executable ".*not-there" in paths: .*\/bin/],
  ])('a binary that cannot be run is a failure: %s', async (name, message) => {
    const { status, result } = await run({ sources: ['mount'], mount_binary: join(folder, name) });
    expect({ status, msg: result.msg }).toEqual({ status: 'failed', msg: expect.stringMatching(message) });
  });
});

test.each(shells)('in %s sizes are those of df', async (_name, argv) => {
  const host = new TaskHost(argv);
  const { result } = await host.run(mountFacts, { sources: ['/proc/mounts'], include_aggregate_mounts: false });
  await host.close();
  const { mount_points: points } = result.ansible_facts as unknown as Facts;
  const [target = '', size] =
    execFileSync('df', ['-B1', '--output=target,size', '/'], { encoding: 'utf8' })
      .trim()
      .split('\n')[1]
      ?.split(/\s+/) ?? [];
  expect(points[target]).toMatchObject({ mount: target, size_total: Number(size) });
});

proveTaskCases(mountFacts, [
  {
    name: 'a timeout is positive',
    args: { timeout: 0 },
    status: 'failed',
    roundTrips: 0,
    result: { msg: "argument 'timeout' must be a positive number or null, not 0.0" },
  },
  {
    name: 'a source has a name',
    args: { sources: [''] },
    status: 'failed',
    roundTrips: 0,
    result: { msg: 'sources contains an empty string' },
  },
  {
    name: 'the binary is one',
    args: { mount_binary: ['one', 'two'] },
    status: 'failed',
    roundTrips: 0,
    result: { msg: "argument 'mount_binary' must be a string or null, not ['one', 'two']" },
  },
  {
    name: 'without a binary none is run',
    args: { sources: ['mount'], mount_binary: null },
    status: 'failed',
    roundTrips: 0,
    result: { msg: "argument 'mount_binary' is null, but sources contains 'mount'" },
  },
]);
