import { joinScripts, type Script, sh } from '../../shell/index.js';
import { pythonRegex } from '../../template/python/regex.js';
import { BoundedRegExp } from '../../values/bounded-regexp.js';
import type { Mapping } from '../../values/index.js';
import { choice, flag, integer, list, mode, paths, text } from '../parameters.js';
import { defineTask, type Outcome, type Program, program, type Report } from '../task.js';
import { awkRegex } from './awk-regex.js';
import { type Entry, entryFormat, parseEntries, type Search, sought } from './find-entries.js';
import { hostPath } from './host-path.js';
import { checksums } from './stat.js';

const ageUnits: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const sizeUnits: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Undefined where the amount is not one. */
function amount(value: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^(-?\d+)([a-z])?$/.exec(value.toLowerCase()) ?? [];
  const factor = unit === undefined ? 1 : units[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** What a mode makes of no permissions at all. */
const modeFromNothing = (wanted: string): number =>
  wanted.includes(':') ? Number(/:(\d+)/.exec(wanted)?.[1] ?? 0) : Number.parseInt(wanted, 8);

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

interface Wanted extends Search {
  paths: readonly string[];
  recurse: boolean;
  follow: boolean;
  contains: string | undefined;
  readWholeFile: boolean;
  getChecksum: boolean;
  algorithm: string;
  encoding: string | undefined;
  limit: number | undefined;
}

/** One level more than asked for: Ansible looks at those, too, and counts them. */
const levels = ({ recurse, depth }: Wanted): Script =>
  recurse ? (depth ? sh`-maxdepth ${depth + 1}` : sh``) : sh`-maxdepth 1`;

const listing = (wanted: Wanted): Script =>
  joinScripts([
    sh`kp_set now "$(date +%s)"`,
    ...wanted.paths.map(
      (each, index) => sh`
kp_p=${hostPath(each)}
kp_set ${`start.${index}`} "$kp_p"
if [ -d "$kp_p" ]; then
  case $kp_p in [/.]*) ;; *) kp_p=./$kp_p ;; esac
  kp_open ${`entries.${index}`}
  find ${wanted.follow ? '-L' : '-H'} "$kp_p" -mindepth 1 ${levels(wanted)} -exec stat -c ${entryFormat} {} + 2>/dev/null
  kp_close
fi`,
    ),
  ]);

/** Looks into the files that are left, and sums up those that hold what was asked for. */
function reading(entries: readonly Entry[], wanted: Wanted): Program {
  const { contains } = wanted;
  const awk =
    contains === undefined || wanted.readWholeFile || wanted.encoding !== undefined ? undefined : awkRegex(contains);
  const look = (path: string, key: string): Script => {
    if (contains === undefined) return sh`true`;
    if (awk === undefined) return sh`kp_open ${`text.${key}`} && { cat -- ${path} 2>/dev/null; kp_close; }`;
    return sh`KP_RE=${awk} awk 'BEGIN { re = ENVIRON["KP_RE"] ""; f = 1 } match($0 "\n", re) && RSTART == 1 { f = 0; exit } END { exit f }' <${path} 2>/dev/null && kp_set ${`holds.${key}`} 1`;
  };
  return program(
    joinScripts([
      ...entries.map(({ path, fields }, index) => {
        if (fields.isreg !== true) return undefined;
        const sum = wanted.getChecksum
          ? sh`kp_line=$(${`${wanted.algorithm}sum`} <${path} 2>/dev/null) && kp_set ${`sha1.${index}`} "$\{kp_line%% *}"`
          : sh`:`;
        return sh`${look(path, String(index))} && ${sum}`;
      }),
      sh`:`,
    ]),
  );
}

/** Whether the file holds what was asked for, as the second step reported it. */
function holds(report: Report, index: number, wanted: Wanted): boolean {
  if (wanted.contains === undefined || report.text(`holds.${index}`) !== undefined) return true;
  const bytes = report.bytes(`text.${index}`);
  if (bytes === undefined) return false;
  const content = new TextDecoder(wanted.encoding ?? 'utf-8').decode(bytes);
  const { regex } = pythonRegex(wanted.contains);
  const flags = regex.flags.replace('g', '');
  if (wanted.readWholeFile) return new BoundedRegExp(regex.source, flags).test(content);
  const atStart = new BoundedRegExp(`^(?:${regex.source})`, flags);
  return (content.match(/[^\n]*\n|[^\n]+$/g) ?? []).some((each) => atStart.test(each));
}

/** Those that are told of: the shallowest first, as many as asked for. */
function limited(found: readonly Mapping[], entries: readonly Entry[], limit: number): Mapping[] {
  const depths = new Map(entries.map(({ path, depth }) => [path, depth]));
  const depthOf = ({ path }: Mapping): number => depths.get(String(path)) ?? 0;
  return [...found].sort((a, b) => depthOf(a) - depthOf(b)).slice(0, limit);
}

function conclude(all: readonly Mapping[], entries: readonly Entry[], skipped: Mapping, limit?: number): Outcome {
  const isLimited = limit !== undefined && all.length >= limit;
  const found = isLimited ? limited(all, entries, limit) : all;
  const examined = entries.length;
  const isWhole = Object.keys(skipped).length === 0;
  return {
    status: 'ok',
    result: {
      files: [...found],
      matched: found.length,
      examined,
      skipped_paths: skipped,
      msg: !isWhole
        ? 'Not all paths examined, check warnings for details'
        : isLimited
          ? 'Limit of matches reached'
          : 'All paths examined',
    },
  };
}

export const find = defineTask({
  name: 'find',
  summary: 'Lists files by name, age, size and content.',
  description: 'Costs one round trip; a second one where contains or get_checksum is given.',
  parameters: {
    paths: paths('Directories to search.', { required: true, aliases: ['name', 'path'] }),
    patterns: list('Shell patterns of names, or Python expressions with use_regex. Default: every name.', {
      default: [],
      aliases: ['pattern'],
    }),
    excludes: list('Patterns of names that are left out.', { aliases: ['exclude'] }),
    use_regex: flag('Whether patterns and excludes are Python expressions.', { default: false }),
    contains: text('Python expression that a line of the file begins with.'),
    read_whole_file: flag('Whether contains is searched in the whole text rather than line by line.', {
      default: false,
    }),
    file_type: choice('What is listed.', ['any', 'directory', 'file', 'link'], { default: 'file' }),
    age: text('At least so old (2d, 3h, 1w); with a minus sign, at most so old.'),
    age_stamp: choice('Which time the age is of.', ['atime', 'ctime', 'mtime'], { default: 'mtime' }),
    size: text('At least so large (10m, 1g); with a minus sign, at most so large.'),
    recurse: flag('Whether directories below are searched, too.', { default: false }),
    depth: integer('The most levels to go down; 0 is no limit.'),
    hidden: flag('Whether names that begin with a dot are listed.', { default: false }),
    follow: flag('Whether links to directories are followed.', { default: false }),
    get_checksum: flag('Whether the checksum of each file is computed.', { default: false }),
    checksum_algorithm: choice('Its algorithm.', checksums, {
      default: 'sha1',
      aliases: ['checksum', 'checksum_algo'],
    }),
    mode: mode('Permissions of those that are listed.'),
    exact_mode: flag('Whether all permissions are those of mode, rather than any of them.', { default: true }),
    limit: integer('How many are listed at most, the shallowest first.'),
    encoding: text('Encoding of the files that contains looks into. Default: UTF-8.'),
  },
  returns: {
    files:
      'what was found: each with path, mode, size, mtime, isdir, isreg, islnk, uid, gid, pw_name, gr_name, checksum, ...',
    matched: 'how many were found',
    examined: 'how many were looked at',
    skipped_paths: 'paths that could not be searched, and why',
    msg: 'whether all paths could be searched',
  },
  example: `- find:
    paths: /var/log
    patterns: '*.log'
    age: 2w
    recurse: true
  register: old`,
  inCheckMode: 'predicts',
  compile: (args): Program | Outcome => {
    const age = args.age === undefined ? undefined : amount(args.age, ageUnits);
    const size = args.size === undefined ? undefined : amount(args.size, sizeUnits);
    if (args.age !== undefined && age === undefined) {
      return { status: 'failed', result: { age: args.age, msg: 'failed to process age' } };
    }
    if (args.size !== undefined && size === undefined) {
      return { status: 'failed', result: { size: args.size, msg: 'failed to process size' } };
    }
    if (args.limit !== undefined && args.limit <= 0) {
      return { status: 'failed', result: { msg: `limit cannot be ${args.limit} (use None for unlimited)` } };
    }
    if (args.encoding !== undefined && !isEncoding(args.encoding)) {
      return { status: 'failed', result: { msg: `unknown encoding: ${args.encoding}` } };
    }
    for (const pattern of args.use_regex ? [...args.patterns, ...(args.excludes ?? [])] : []) pythonRegex(pattern);
    if (args.contains !== undefined) pythonRegex(args.contains);
    const wanted: Wanted = {
      patterns: args.patterns,
      excludes: args.excludes ?? [],
      useRegex: args.use_regex,
      hidden: args.hidden,
      fileType: args.file_type,
      age,
      ageStamp: args.age_stamp,
      size,
      depth: args.depth,
      mode: args.mode === undefined ? undefined : modeFromNothing(args.mode),
      exactMode: args.exact_mode,
      algorithm: args.checksum_algorithm,
      encoding: args.encoding,
      limit: args.limit,
      paths: args.paths,
      recurse: args.recurse,
      follow: args.follow,
      // Ansible looks into regular files alone, and only where those are what is listed.
      contains: args.file_type === 'file' ? args.contains : undefined,
      readWholeFile: args.read_whole_file,
      getChecksum: args.get_checksum && (args.file_type === 'file' || args.file_type === 'any'),
    };
    return program(listing(wanted), {
      next: (report) => {
        const now = Number(report.text('now'));
        const skipped: Record<string, string> = {};
        const entries = wanted.paths.flatMap((each, index) => {
          const start = report.text(`start.${index}`) ?? each;
          const lines = report.text(`entries.${index}`);
          if (lines === undefined) skipped[start] = `'${start}' is not a directory`;
          return lines === undefined ? [] : parseEntries(lines, start);
        });
        const left = entries.filter(sought(wanted, now)).sort((a, b) => (a.path < b.path ? -1 : 1));
        const fields = (each: readonly Entry[]) => each.map((entry) => entry.fields);
        const needsMore = left.length > 0 && (wanted.contains !== undefined || wanted.getChecksum);
        if (!needsMore) return conclude(fields(left), entries, skipped, args.limit);
        const step = reading(left, wanted);
        return {
          ...step,
          next: (second) => {
            const found = left.flatMap((entry, index) => {
              if (!holds(second, index, wanted)) return [];
              const checksum = second.text(`sha1.${index}`);
              return [{ ...entry.fields, ...(checksum !== undefined && { checksum }) }];
            });
            return conclude(found, entries, skipped, args.limit);
          },
        };
      },
    });
  },
});
