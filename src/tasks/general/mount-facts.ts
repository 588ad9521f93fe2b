import { repr, stringRepr } from '../../template/python/repr.js';
import { floatText, type Mapping } from '../../values/index.js';
import { anything, choice, flag, list, number } from '../parameters.js';
import { defineTask, type Outcome, type Program, program, type Report } from '../task.js';
import {
  devicesScript,
  dynamicSources,
  type MountLimits,
  mountScript,
  sizesScript,
  staticSources,
  tablesScript,
} from './mount-facts-script.js';
import { type MountEntry, readMountOutput, readTable, sizesOf } from './mount-tables.js';
import { fnmatch } from './patterns.js';

interface Wanted {
  sources: readonly string[];
  devices: readonly string[] | undefined;
  fstypes: readonly string[] | undefined;
  aggregates: boolean | undefined;
  /** What prints the mounts where no file does. */
  fallback: string | undefined;
  limits: MountLimits;
}

interface Found extends MountEntry {
  source: string;
}

const failure = (msg: string): Outcome => ({ status: 'failed', result: { msg } });

const sourcesOf = (given: readonly string[]): string[] =>
  (given.length === 0 ? ['all'] : given).flatMap((source) => {
    if (source === 'all') return [...dynamicSources, ...staticSources];
    return source === 'dynamic' ? dynamicSources : source === 'static' ? staticSources : [source];
  });

const warningsOf = (report: Report): string[] =>
  (report.text('warnings') ?? '').split('\n').filter((line) => line !== '');

/** The text of a file that is text. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}

function foundIn(report: Report, sources: readonly string[]): Found[] {
  return sources.flatMap((source, index) => {
    // The binary is asked once, however often it is named.
    const isMount = source === 'mount' && sources.indexOf(source) === index;
    const bytes = report.bytes(isMount ? 'mount' : `file.${index}`);
    if (bytes === undefined) return [];
    const entries = isMount ? readMountOutput(decoded(bytes)) : readTable(decoded(bytes));
    return entries.map((entry) => ({ ...entry, source }));
  });
}

const printedBy = (report: Report): Found[] =>
  readMountOutput(report.text('mount') ?? '').map((entry) => ({ ...entry, source: 'mount' }));

const isOneOf = (text: string, patterns: readonly string[] | undefined): boolean =>
  patterns === undefined || patterns.length === 0 || patterns.some((pattern) => fnmatch(pattern).test(text));

const uuidOf = (device: string): string | undefined =>
  device.startsWith('UUID=') ? device.slice('UUID='.length) : undefined;

/** What is returned: of each mount point the first that was found, and on request all of them. */
function conclude(mounts: readonly Mapping[], found: readonly Found[], wanted: Wanted, told: string[]): Outcome {
  const points = new Map<string, Mapping>();
  const bySource = new Map<string, string[]>();
  mounts.forEach((mount, index) => {
    const { mount: point = '', source = '' } = found[index] ?? {};
    if (!points.has(point)) points.set(point, mount);
    bySource.set(source, [...(bySource.get(source) ?? []), point]);
  });
  const repeated = [...bySource].filter(([, names]) => new Set(names).size < names.length);
  const warnings = [...told];
  if (repeated.length > 0 && wanted.aggregates === undefined) {
    const sources = repeated.map(([source, names]) => `${source} (${repr(names)})`).join(', ');
    warnings.push(
      `mount_facts: ignoring repeat mounts in the following sources: ${sources}. You can disable this warning by configuring the 'include_aggregate_mounts' option as True or False.`,
    );
  }
  const facts = {
    mount_points: Object.fromEntries(points),
    aggregate_mounts: wanted.aggregates === true ? [...mounts] : [],
  };
  return { status: 'ok', result: { ansible_facts: facts, ...(warnings.length > 0 && { warnings }) } };
}

/** Asks for the sizes and the UUIDs of what is left. */
function measured(found: readonly Found[], wanted: Wanted, told: string[]): Program | Outcome {
  const mounts = [...new Map(found.map((entry) => [entry.mount, entry])).values()];
  const devices = [...new Set(found.map(({ device }) => device).filter((device) => device.startsWith('/')))];
  if (found.length === 0) return conclude([], [], wanted, told);
  return program(sizesScript({ mounts, devices }, wanted.limits), {
    next: (report) => {
      const sizes = new Map(mounts.map(({ mount }, index) => [mount, sizesOf(report.text(`size.${index}`))]));
      const uuids = new Map(devices.map((device, index) => [device, report.text(`uuid.${index}`)]));
      const all = found.map(({ source, line, mount, device, fields }) => ({
        ...fields,
        ...sizes.get(mount),
        ansible_context: { source, source_data: line },
        uuid: uuidOf(device) ?? uuids.get(device) ?? null,
      }));
      return conclude(all, found, wanted, [...told, ...warningsOf(report)]);
    },
  });
}

/** Keeps what is asked for. Where devices are, those that a table names by UUID alone are found out first. */
function filtered(found: readonly Found[], wanted: Wanted, told: string[]): Program | Outcome {
  const ofType = found.filter(({ fstype }) => isOneOf(fstype, wanted.fstypes));
  const keep = (names: ReadonlyMap<string, string>) =>
    ofType.filter(({ device }) => isOneOf(names.get(device) ?? device, wanted.devices));
  const uuids = [...new Set(ofType.map(({ device }) => uuidOf(device)).filter((uuid) => uuid !== undefined))];
  if (uuids.length === 0 || !wanted.devices?.length) return measured(keep(new Map()), wanted, told);
  return program(devicesScript(uuids, wanted.limits), {
    next: (report) => {
      const names = uuids.map((uuid, index) => [`UUID=${uuid}`, report.text(`device.${index}`) ?? ''] as const);
      const known = new Map(names.filter(([, device]) => device !== ''));
      return measured(keep(known), wanted, [...told, ...warningsOf(report)]);
    },
  });
}

function gathered(report: Report, wanted: Wanted, told: string[]): Program | Outcome {
  const { fallback } = wanted;
  const found = foundIn(report, wanted.sources);
  const warnings = [...told, ...warningsOf(report)];
  const isKnown = found.some(({ source }) => source === 'mount' || dynamicSources.includes(source));
  if (isKnown || fallback === undefined) return filtered(found, wanted, warnings);
  if (report.text('mount') !== undefined) return filtered([...found, ...printedBy(report)], wanted, warnings);
  return program(mountScript(fallback, wanted.limits), {
    next: (answer) => filtered([...found, ...printedBy(answer)], wanted, [...warnings, ...warningsOf(answer)]),
  });
}

export const mountFacts = defineTask({
  name: 'mount_facts',
  summary: 'Reports what is mounted, and what is to be, as the facts `mount_points` and `aggregate_mounts`.',
  description:
    'Tables are recognized by their columns, so that a file of any name can be a source. Costs two round trips, a third one where devices is given and a table names some by UUID.',
  parameters: {
    devices: list('Shell patterns of the devices, or remote file systems, that are told of. Default: all.'),
    fstypes: list('Shell patterns of the types of file systems that are told of. Default: all.'),
    sources: list(
      'Files to read; static (fstab, vfstab, filesystems), dynamic (mtab, /proc/mounts, mnttab), all; mount for what mount_binary prints. Default: all.',
    ),
    mount_binary: {
      ...anything('Program that prints the mounts, run where no dynamic file has any; null: it is not.', {
        default: 'mount',
      }),
      takesNull: true as const,
    },
    timeout: number(
      'Seconds that each command may take. Without it a file system may take 10 to tell its size, all else for ever.',
    ),
    on_timeout: choice('What becomes of a command that takes longer.', ['error', 'warn', 'ignore'], {
      default: 'error',
    }),
    include_aggregate_mounts: flag(
      'Whether all mounts are returned, those that hide others included. Default: a warning where there are such.',
    ),
  },
  returns: {
    ansible_facts:
      'mount_points: by mount point, each with device, mount, fstype, options, dump, passno, uuid, size_total, size_available, block_size, block_total, block_available, block_used, inode_total, inode_available, inode_used, and ansible_context (source, source_data); aggregate_mounts: a list of the same',
  },
  example: `- mount_facts:
    devices: ["[!/]*"]
    fstypes: [nfs, nfs4]
    timeout: 10
    on_timeout: warn

- debug: {msg: "{{ ansible_facts.mount_points | dict2items | map(attribute='key') }}"}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const { timeout, mount_binary: binary } = args;
    if (timeout !== undefined && timeout <= 0) {
      return failure(`argument 'timeout' must be a positive number or null, not ${floatText(timeout)}`);
    }
    if (binary !== null && typeof binary !== 'string') {
      return failure(`argument 'mount_binary' must be a string or null, not ${repr(binary)}`);
    }
    const given = args.sources ?? [];
    if (given.includes('')) return failure('sources contains an empty string');
    const sources = sourcesOf(given);
    if (binary === null && sources.includes('mount')) {
      return failure("argument 'mount_binary' is null, but sources contains 'mount'");
    }
    const limits = { timeout, shown: timeout === undefined ? '' : floatText(timeout), onTimeout: args.on_timeout };
    const fallsBack = binary !== null && binary !== '' && sources.some((source) => dynamicSources.includes(source));
    const wanted: Wanted = {
      sources,
      devices: args.devices,
      fstypes: args.fstypes,
      aggregates: args.include_aggregate_mounts,
      fallback: fallsBack ? binary : undefined,
      limits,
    };
    const told =
      new Set(sources).size < sources.length
        ? [
            `mount_facts option 'sources' contains duplicate entries, repeat sources will be ignored: [${sources.map(stringRepr).join(', ')}]`,
          ]
        : [];
    return program(tablesScript({ sources, binary: binary ?? '', fallsBack }, limits), {
      next: (report) => gathered(report, wanted, told),
    });
  },
});
