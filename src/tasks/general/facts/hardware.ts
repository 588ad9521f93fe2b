import type { Mapping, Value } from '../../../values/index.js';
import { sizesOf, unescapeMount } from '../mount-tables.js';
import type { HostFiles } from './files.js';

function memoryFacts(lines: readonly string[]): Mapping {
  const mb = new Map<string, number>();
  for (const line of lines) {
    const match = /^(\w+):\s+(\d+)/.exec(line);
    if (match?.[1]) mb.set(match[1], Math.floor(Number(match[2]) / 1024));
  }
  const get = (name: string) => mb.get(name) ?? 0;
  const noCacheUsed = get('MemTotal') - get('MemFree') - get('Buffers') - get('Cached');
  return {
    memtotal_mb: get('MemTotal'),
    memfree_mb: get('MemFree'),
    swaptotal_mb: get('SwapTotal'),
    swapfree_mb: get('SwapFree'),
    memory_mb: {
      real: { total: get('MemTotal'), used: get('MemTotal') - get('MemFree'), free: get('MemFree') },
      nocache: { free: get('MemTotal') - noCacheUsed, used: noCacheUsed },
      swap: {
        total: get('SwapTotal'),
        free: get('SwapFree'),
        used: get('SwapTotal') - get('SwapFree'),
        cached: get('SwapCached'),
      },
    },
  };
}

/** Counted as Ansible counts: sockets by physical id, cores by what each socket says of itself. */
export function processorFacts(lines: readonly string[], nproc: string | undefined): Mapping {
  const processor: string[] = [];
  const cores = new Map<string, number>();
  const siblings = new Map<string, number>();
  let socket = '0';
  let threads = 0;
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at < 0) continue;
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (name === 'processor') threads++;
    if (['model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor'].includes(name)) processor.push(value);
    if (name === 'physical id') {
      socket = value;
      if (!cores.has(socket)) cores.set(socket, 1);
    }
    if (name === 'cpu cores') cores.set(socket, Number(value));
    if (name === 'siblings') siblings.set(socket, Number(value));
  }
  const count = cores.size || threads;
  const perSocket = [...cores.values()][0] ?? 1;
  const perCore = Math.max(1, Math.floor(([...siblings.values()][0] ?? perSocket) / perSocket));
  return {
    processor,
    processor_count: count,
    processor_cores: perSocket,
    processor_threads_per_core: perCore,
    processor_vcpus: cores.size > 0 ? count * perSocket * perCore : threads,
    processor_nproc: Number(nproc ?? threads),
  };
}

const dmi: Readonly<Record<string, string>> = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
};

export function mountFacts(lines: readonly string[], statfs: string, statfsOf: string): Mapping[] {
  const sizes = new Map<string, string>();
  const values = statfs.split('\n');
  statfsOf.split('\n').forEach((path, i) => {
    sizes.set(path, values[i] ?? '');
  });
  const mounts: Mapping[] = [];
  for (const line of lines) {
    const [source = '', target = '', fstype = '', options = ''] = line.split(' ');
    const device = unescapeMount(source);
    if (!device.startsWith('/') && !device.includes(':/')) continue;
    const mount = unescapeMount(target);
    mounts.push({ mount, device, fstype, options, uuid: 'N/A', ...sizesOf(sizes.get(mount)) });
  }
  return mounts;
}

/** As Ansible prints sizes: in the largest unit that leaves a number of at least one. */
function humanSize(bytes: number): string {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}

function deviceFacts(files: HostFiles): Mapping {
  const devices: Record<string, Mapping> = {};
  const names = new Set(files.paths('/sys/block/').map((path) => path.split('/')[3] ?? ''));
  for (const name of names) {
    const read = (file: string): string | undefined => files.text(`/sys/block/${name}/${file}`);
    const sectorSize = read('queue/hw_sector_size') ?? '512';
    const partitions: Record<string, Value> = {};
    for (const path of files.paths(`/sys/block/${name}/`)) {
      const partition = /\/([^/]+)\/partition$/.exec(path)?.[1];
      if (partition === undefined) continue;
      const sectors = read(`${partition}/size`) ?? '0';
      partitions[partition] = {
        sectors,
        sectorsize: Number(sectorSize),
        start: read(`${partition}/start`) ?? '0',
        size: humanSize(Number(sectors) * 512),
      };
    }
    devices[name] = {
      model: read('device/model') ?? null,
      vendor: read('device/vendor') ?? null,
      removable: read('removable') ?? '0',
      rotational: read('queue/rotational') ?? '0',
      sectors: read('size') ?? '0',
      sectorsize: sectorSize,
      size: humanSize(Number(read('size') ?? 0) * 512),
      partitions,
    };
  }
  return devices;
}

export interface HardwareOutputs {
  nproc: string | undefined;
  statfs: string | undefined;
  statfsOf: string | undefined;
}

export function hardwareFacts(files: HostFiles, outputs: HardwareOutputs): Mapping {
  const facts: Mapping = {
    ...memoryFacts(files.lines('/proc/meminfo')),
    ...processorFacts(files.lines('/proc/cpuinfo'), outputs.nproc),
    mounts: mountFacts(files.lines('/proc/self/mounts'), outputs.statfs ?? '', outputs.statfsOf ?? ''),
    devices: deviceFacts(files),
  };
  for (const [name, file] of Object.entries(dmi)) facts[name] = files.text(`/sys/class/dmi/id/${file}`) || 'NA';
  const uptime = Number.parseFloat(files.text('/proc/uptime') ?? '');
  if (!Number.isNaN(uptime)) facts.uptime_seconds = Math.floor(uptime);
  return facts;
}
