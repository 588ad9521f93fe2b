import { readMountOutput, readTable } from '../../../src/tasks/general/mount-tables.js';

const fields = (text: string) => readTable(text).map((entry) => entry.fields);

test('an fstab has four to six columns, and its escapes are characters', () => {
  const line = 'UUID=7B77-95E7  /boot/efi\t vfat defaults,umask=077  0   2';
  expect(readTable(`\n# comment\n${line}\n  \n/dev/sdb /mnt/a\\040b\\134 auto noauto\n`)).toEqual([
    {
      mount: '/boot/efi',
      device: 'UUID=7B77-95E7',
      fstype: 'vfat',
      line,
      fields: {
        device: 'UUID=7B77-95E7',
        mount: '/boot/efi',
        fstype: 'vfat',
        options: 'defaults,umask=077',
        dump: 0,
        passno: 2,
      },
    },
    {
      mount: '/mnt/a b\\',
      device: '/dev/sdb',
      fstype: 'auto',
      line: '/dev/sdb /mnt/a\\040b\\134 auto noauto',
      fields: { device: '/dev/sdb', mount: '/mnt/a b\\', fstype: 'auto', options: 'noauto' },
    },
  ]);
});

test('seven columns are a vfstab', () => {
  expect(fields('/dev/dsk/c1d0s0 /dev/rdsk/c1d0s0 / ufs 1 no -\nfd - /dev/fd fd - no -')).toEqual([
    {
      device: '/dev/dsk/c1d0s0',
      mount: '/',
      fstype: 'ufs',
      device_to_fsck: '/dev/rdsk/c1d0s0',
      passno: 1,
      mount_at_boot: 'no',
      options: '-',
    },
    expect.objectContaining({ device_to_fsck: '-', mount: '/dev/fd', passno: '-' }),
  ]);
});

test('a fifth column of ten characters is the time of a mnttab', () => {
  expect(fields('rpool / zfs dev=5 1716568320\n/proc /proc proc ro 0')).toEqual([
    { device: 'rpool', mount: '/', fstype: 'zfs', options: 'dev=5', time: 1716568320 },
    { device: '/proc', mount: '/proc', fstype: 'proc', options: 'ro', time: 0 },
  ]);
});

test('stanzas are those of AIX', () => {
  const text =
    '* about\ndefault:\n  vol = "OS"\n\n/home/1:\n  dev = /home/1\n  nodename = vance\n  vfs = nfs\n  mount = a=b';
  expect(readTable(text)).toEqual([
    {
      mount: 'default',
      device: 'unknown',
      fstype: 'unknown',
      line: 'default:\n  vol = "OS"',
      fields: { mount: 'default', device: 'unknown', fstype: 'unknown', attributes: { vol: '"OS"' } },
    },
    expect.objectContaining({
      device: 'vance:/home/1',
      fstype: 'nfs',
      fields: expect.objectContaining({
        attributes: { dev: '/home/1', nodename: 'vance', vfs: 'nfs', mount: 'a=b' },
      }),
    }),
  ]);
});

test.each([
  ['the list of file systems that Linux has under that name', 'ext4\nnodev proc\nvfat\n*'],
  ['nothing', ' \n\n'],
  ['a line with too few columns', '/dev/sda / ext4 rw\n/dev/sdb /mnt'],
  ['a fifth column that is no number', '/dev/sda / ext4 rw x'],
])('no mounts are in %s', (_, text) => {
  expect(readTable(text)).toEqual([]);
});

test.each([
  [
    'Linux',
    'tmpfs on /run type tmpfs (rw,size=4k)',
    { device: 'tmpfs', mount: '/run', fstype: 'tmpfs', options: 'rw,size=4k' },
  ],
  [
    'BSD',
    'devfs on /dev (devfs)\n/dev/gpt/r on / (ufs, local, acls)',
    { device: '/dev/gpt/r', mount: '/', fstype: 'ufs', options: 'local, acls' },
  ],
  [
    'AIX',
    ' node mounted over vfs date options\n---- ----\nabc /usr/x /net nfs Jun 12 07:55 ro,log=y',
    { device: 'abc:/usr/x', mount: '/net', fstype: 'nfs', time: 'Jun 12 07:55', options: 'ro,log=y' },
  ],
])('what mount prints on %s is read', (_, output, last) => {
  expect(readMountOutput(output).at(-1)).toEqual({
    mount: last.mount,
    device: last.device,
    fstype: last.fstype,
    line: output.split('\n').at(-1),
    fields: last,
  });
});

test('output with a line of another form says nothing', () => {
  expect(readMountOutput('tmpfs on /run type tmpfs (rw)\nnonsense')).toEqual([]);
});
