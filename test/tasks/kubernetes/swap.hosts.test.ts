import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { OtherHost } from '../../support/other-host.js';

// Swap is the whole machine's: what these tests switch on, they switch off again at once.
jest.setTimeout(180_000);

const host = new OtherHost('rpm');
const thrice = ['changed', 'changed', 'ok'];
const swaps = () => host.ssh('tail -n +2 /proc/swaps | cut -d" " -f1').trim();
const file = '/var/lib/docker/kpswap';
const hasZram = host.ssh('ls /sys/block').includes('zram0');

const clean = () =>
  host.ssh(
    `exec >/dev/null 2>&1; mount -o remount,rw /sys; swapoff ${file} /dev/zram0; systemctl unmask zramswap kptest.swap; systemctl disable --now zramswap
     echo 1 >/sys/block/zram0/reset; rm -rf ${file} /etc/systemd/system/zramswap.service.d /etc/systemd/system/kptest.* /etc/fstab.kprov-backup
     rm -rf /usr/lib/systemd/zram-generator.conf.d /etc/systemd/zram-generator.conf.d; : >/etc/fstab; systemctl daemon-reload; true`,
  );
beforeAll(() => {
  clean();
  host.ssh(': >/etc/systemd/zram-generator.conf');
});
afterAll(async () => {
  clean();
  await host.close();
});

/** Restarts the host and waits until it has started again. */
async function reboot(): Promise<void> {
  const started = () => host.ssh('stat -c %Y /proc/1; systemctl is-system-running --wait >/dev/null; true');
  const before = started();
  try {
    host.ssh('systemctl reboot');
  } catch {
    // It goes down under its answer.
  }
  for (let left = 120; left > 0; left--) {
    await sleep(500);
    try {
      if (started() !== before) return;
    } catch {
      // Not up yet.
    }
  }
  throw new Error('the host did not come back');
}

(hasZram ? test : test.skip)('swap in zram goes, and does not come back at the next boot', async () => {
  host.ssh(
    `grep -qs zram /lib/modules/$(uname -r)/modules.builtin || { echo kernel/drivers/block/zram/zram.ko >>/lib/modules/$(uname -r)/modules.builtin; depmod; }
     mkdir -p /etc/systemd/system/zramswap.service.d
     printf '[Service]\\nExecStartPre=/bin/mount -o remount,rw /sys\\nExecStartPre=-/bin/mknod /dev/zram0 b %s\\n' "$(tr : ' ' </sys/block/zram0/dev)" >/etc/systemd/system/zramswap.service.d/device.conf
     printf 'ALGO=lzo-rle\\nSIZE=16\\n' >/etc/default/zramswap
     systemctl daemon-reload; systemctl -q enable zramswap`,
  );
  // It comes back by itself: else the proof below would be none.
  await reboot();
  expect(swaps()).toBe('/dev/zram0');
  const foretold = await host.foresee('swap', {});
  expect([foretold.status, foretold.result.devices, swaps()]).toEqual(['changed', ['/dev/zram0'], '/dev/zram0']);
  const done = await host.run('swap', {});
  expect([done.status, done.result, swaps()]).toEqual(['changed', { devices: ['/dev/zram0'] }, '']);
  expect(host.ssh('systemctl is-enabled zramswap; true')).toBe('masked\n');
  expect((await host.run('swap', {})).status).toBe('ok');
  await host.disconnect();
  await reboot();
  expect(swaps()).toBe('');
  expect((await host.foresee('swap', {})).status).toBe('ok');
});

test('a swap file of fstab goes now and from fstab, of which a copy is kept', async () => {
  const line = `${file} none swap sw 0 0\n`;
  host.ssh(
    `dd if=/dev/zero of=${file} bs=1M count=8 2>/dev/null; chmod 600 ${file}; mkswap ${file} >/dev/null; printf '%s' '${line}' >/etc/fstab; swapon -a`,
  );
  expect(swaps()).toBe(file);
  expect(await host.thrice('swap', {})).toEqual(thrice);
  expect(swaps()).toBe('');
  expect(host.ssh('cat /etc/fstab /etc/fstab.kprov-backup')).toBe(`# kprov: ${line}${line}`);
  host.ssh('swapon -a');
  expect(swaps()).toBe('');
});

test("a swap unit is masked, the administrator's own file is kept", async () => {
  const unit = '[Swap]\nWhat=/nowhere\n[Install]\nWantedBy=swap.target\n';
  host.ssh(`printf '%s' '${unit}' >/etc/systemd/system/kptest.swap; systemctl daemon-reload`);
  expect(await host.thrice('swap', {})).toEqual(thrice);
  expect(host.ssh('readlink /etc/systemd/system/kptest.swap; cat /etc/systemd/system/kptest.swap.kprov-backup')).toBe(
    `/dev/null\n${unit}`,
  );
});

test('zram-generator is left without configuration, drop-ins included', async () => {
  host.ssh(
    `printf '[zram0]\\n' >/etc/systemd/zram-generator.conf; mkdir -p /usr/lib/systemd/zram-generator.conf.d; printf '[zram1]\\n' >/usr/lib/systemd/zram-generator.conf.d/a.conf`,
  );
  expect(await host.thrice('swap', {})).toEqual(thrice);
  expect(host.ssh('cat /etc/systemd/zram-generator.conf /etc/systemd/zram-generator.conf.d/a.conf')).toBe('');
});
