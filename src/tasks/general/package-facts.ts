import { sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { choice, list } from '../parameters.js';
import { defineTask, program, type Report } from '../task.js';
import { withFailure } from './reported.js';

const managers = ['auto', 'apt', 'rpm', 'apk', 'pacman'] as const;
/** Managers that Ansible knows and no Linux host of ours has, and other names of rpm. */
const others = ['portage', 'pkg', 'pkg5', 'pkgng', 'pkg_info', 'openbsd_pkg'] as const;
const rpmNames = ['dnf', 'dnf5', 'yum', 'zypper'] as const;
const choices = [...managers, ...others, ...rpmNames];
const names = list('Who is asked; auto is whoever is there.', { default: ['auto'] });

type Packages = Record<string, Mapping[]>;

function read(source: string, line: string): Mapping | undefined {
  const [name = '', version = '', ...more] = line.split('\t');
  if (name === '') return undefined;
  switch (source) {
    case 'apt':
      return { name, version, arch: more[0] ?? '', category: more[1] ?? '', source };
    case 'rpm': {
      const [release = '', epoch = '', arch = ''] = more;
      return { name, version, release, epoch: /^\d+$/.test(epoch) ? Number(epoch) : null, arch, source };
    }
    default:
      return { name, version, ...(more[0] !== undefined && { arch: more[0] }), source };
  }
}

function packagesOf(report: Report, strategy: 'first' | 'all'): Packages {
  const found: Packages = {};
  for (const source of managers.slice(1)) {
    const lines = report.text(source);
    if (lines === undefined) continue;
    for (const line of lines.split('\n')) {
      const details = read(source, line);
      if (details === undefined) continue;
      const name = String(details.name);
      if (!Object.hasOwn(found, name)) Object.defineProperty(found, name, { value: [], enumerable: true });
      found[name]?.push(details);
    }
    if (strategy === 'first') break;
  }
  return found;
}

export const packageFacts = defineTask({
  name: 'package_facts',
  summary: 'Reports the installed packages as the fact `packages`.',
  description: 'Asks dpkg, rpm, apk or pacman themselves, in one call. Of apt the origin of a package is not told.',
  parameters: {
    manager: {
      ...names,
      schema: { anyOf: [{ enum: choices }, { type: 'array', items: { enum: choices } }] },
      parse: (value: Parameters<typeof names.parse>[0]) => {
        const given = names.parse(value).map((name) => name.toLowerCase());
        const wrong = given.find((name) => !choices.some((known) => known === name));
        if (wrong !== undefined) throw new RangeError(`expected some of ${choices.join(', ')}, not ${wrong}`);
        return [...new Set(given.map((name) => (rpmNames.some((other) => other === name) ? 'rpm' : name)))];
      },
    },
    strategy: choice('Whether the first that is there is asked, or all of them.', ['first', 'all'], {
      default: 'first',
    }),
  },
  returns: {
    ansible_facts:
      'packages: by name, each a list of mappings with name, version, arch, source, and release, epoch, category',
  },
  example: `- package_facts:

- debug: {msg: "{{ ansible_facts.packages.kubelet[0].version }}"}
  when: "'kubelet' in ansible_facts.packages"`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wanted = args.manager ?? ['auto'];
    const isAuto = wanted.includes('auto');
    const order = wanted.includes('auto') ? managers.slice(1) : wanted;
    return program(sh`
kp_found= kp_warnings=
kp_missing() {
  [ -z ${isAuto} ] || return 0
  kp_warnings="$kp_warnings$\{kp_nl}Requested package manager $1 was not usable by this module: there is no $2 on this host"
}
kp_fails() {
  kp_found=1
  kp_warnings="$kp_warnings$\{kp_nl}Failed to retrieve packages with $1: Unable to list packages: $kp_out"
}
for kp_i in ${order}; do
  case $kp_i in
  apt)
    command -v dpkg-query >/dev/null 2>&1 || { kp_missing apt dpkg-query; continue; }
    # The architecture of dpkg itself is that of the host; busybox has a dpkg that cannot say so.
    kp_out=$(dpkg-query -W -f ${'${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${Section}\\n'} |
      awk -F '\t' -v OFS='\t' '
        $1 == "installed" { if ($2 == "dpkg") own = $4; line[++n] = $0 }
        END { for (i = 1; i <= n; i++) { $0 = line[i]; if ($4 != own && $4 != "all") $2 = $2 ":" $4; print $2, $3, $4, $5 } }')
    [ -n "$kp_out" ] || continue ;;
  rpm)
    command -v rpm >/dev/null 2>&1 || { kp_missing rpm rpm; continue; }
    kp_out=$(rpm -qa --qf '%{NAME}\t%{VERSION}\t%{RELEASE}\t%{EPOCH}\t%{ARCH}\n' 2>/dev/null)
    [ -n "$kp_out" ] || continue ;;
  apk)
    command -v apk >/dev/null 2>&1 || { kp_missing apk apk; continue; }
    kp_out=$(apk info -v 2>&1) || { kp_fails apk; continue; }
    kp_out=$(printf '%s\n' "$kp_out" | sed 's/^\(.*\)-\([^-]*-r[0-9]*\)$/\1	\2/') ;;
  pacman)
    command -v pacman >/dev/null 2>&1 || { kp_missing pacman pacman; continue; }
    kp_out=$(pacman -Q 2>&1) || { kp_fails pacman; continue; }
    kp_out=$(printf '%s\n' "$kp_out" | sed 's/ /	/') ;;
  *) kp_missing "$kp_i" "$kp_i"; continue ;;
  esac
  kp_found=1
  kp_set "$kp_i" "$kp_out"
  [ ${args.strategy} = all ] || break
done
kp_set warnings "$\{kp_warnings#"$kp_nl"}"
if [ -z "$kp_found" ]; then
  kp_fail ${`Could not detect a supported package manager from the following list: ${order.join(', ')}, or the required library is not installed. Check warnings for details.`}
  return 1
fi`);
  },
  interpret: (report, args) => {
    const told = (report.text('warnings') ?? '').split('\n').filter((line) => line !== '');
    const warnings = told.length === 0 ? {} : { warnings: told };
    if (report.status === 'failed') return { result: withFailure(report, warnings) };
    return { result: { ansible_facts: { packages: packagesOf(report, args.strategy) }, ...warnings } };
  },
});
