import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, list, path, text } from '../parameters.js';
import { defineTask, type Outcome, type Program, program, type Report } from '../task.js';
import { splitWords } from '../words.js';
import { hostPath } from './host-path.js';
import { withFailure } from './reported.js';

const parameters = {
  name: list('Packages, with or without a version: kubernetes==29.0.0.'),
  version: text('The version, of a single package.'),
  requirements: text('A requirements file on the host.'),
  virtualenv: path('Virtual environment; it is made where it is not there.'),
  virtualenv_site_packages: flag('Whether a new one sees the packages of the system.', { default: false }),
  virtualenv_command: path('What makes it.', { default: 'virtualenv' }),
  virtualenv_python: text('Python of a new one.'),
  state: choice('Whether they are there.', ['present', 'absent', 'latest', 'forcereinstall'], { default: 'present' }),
  extra_args: text('Further arguments of pip.'),
  editable: flag('Whether a package is installed as a link to its sources.', { default: false }),
  chdir: path('Directory that pip runs in.'),
  executable: path('The pip to call: a path, or a name such as pip3.'),
  break_system_packages: flag('Whether packages of the system, which its own tools manage, may be changed.', {
    default: false,
  }),
  umask: text('Permissions that new files do not get, octal.'),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

interface Requirement {
  name: string;
  /** The one version that will do; undefined where there may be several. */
  exact: string | undefined;
  /** May any version do? */
  any: boolean;
}

/** What of a package's text can be judged here; undefined: a URL, a path or a range, which only pip can. */
function requirement(spec: string): Requirement | undefined {
  const [, name, , operator, version] =
    /^([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*(?:(==)\s*([\w.!+-]+))?$/.exec(spec.trim()) ?? [];
  if (name === undefined || /^(\.|\/)/.test(spec)) return undefined;
  return { name: normal(name), exact: operator === undefined ? undefined : version, any: operator === undefined };
}

/** A comma may stand within a version: `a>=1,<2` is one package. */
function packages(args: Arguments): string[] {
  const made: string[] = [];
  for (const part of args.name ?? []) {
    if (/^\s*[<>=!~]/.test(part) && made.length > 0) made.push(`${made.pop()},${part.trim()}`);
    else made.push(part);
  }
  return args.version === undefined ? made : made.map((name) => `${name}==${args.version}`);
}

function isThere(spec: string, installed: ReadonlyMap<string, string>): boolean | undefined {
  const wanted = requirement(spec);
  if (wanted === undefined) return undefined;
  const version = installed.get(wanted.name);
  return version !== undefined && (wanted.any || version === wanted.exact);
}

const setting = (args: Arguments): Script => {
  const env = args.virtualenv;
  return joinScripts([
    sh`kp_env PIP_DISABLE_PIP_VERSION_CHECK 1
kp_env PIP_NO_INPUT 1
${args.break_system_packages && sh`kp_env PIP_BREAK_SYSTEM_PACKAGES 1`}
kp_venv=${env === undefined ? sh`''` : hostPath(env)}
kp_in() {
  (
    ${args.chdir === undefined ? sh`:` : sh`cd -- ${hostPath(args.chdir)} || exit 1`}
    umask ${args.umask === undefined ? sh`"$kp_umask"` : sh`${args.umask}`}
    exec "$@" 9>&-
  )
}`,
    env === undefined
      ? sh`kp_pip=${args.executable}
if [ -z "$kp_pip" ]; then for kp_i in pip3 pip; do if command -v "$kp_i" >/dev/null 2>&1; then kp_pip=$kp_i; break; fi; done; fi
if [ -z "$kp_pip" ] || ! command -v "$kp_pip" >/dev/null 2>&1; then
  if [ -n "$kp_check" ] && { kp_predicted package python3-pip || kp_predicted package pip; }; then kp_unknown 'pip is not installed yet'; return 0; fi
  kp_fail "Unable to find any of $\{kp_pip:-pip3, pip} to use.  pip needs to be installed."
  return 1
fi`
      : sh`kp_pip=$kp_venv/bin/pip`,
  ]);
};

const listing = (args: Arguments): Script => sh`
${setting(args)}
if [ -n "$kp_venv" ] && [ ! -x "$kp_pip" ]; then kp_set fresh 1
else
  kp_out=$(kp_in "$kp_pip" list --format=freeze 2>/dev/null) || kp_out=$(kp_in "$kp_pip" freeze 2>/dev/null)
  kp_set installed "$kp_out"
fi`;

function pipArguments(args: Arguments, specs: readonly string[]): string[] {
  const words = args.state === 'absent' ? ['uninstall', '-y'] : ['install'];
  if (args.state === 'latest') words.push('-U');
  if (args.state === 'forcereinstall') words.push('-U', '--force-reinstall');
  if (args.extra_args !== undefined) words.push(...splitWords(args.extra_args));
  if (args.requirements !== undefined) words.push('-r', args.requirements);
  for (const spec of specs) words.push(...(args.editable ? ['-e'] : []), spec);
  return words;
}

function running(args: Arguments, specs: readonly string[], isFresh: boolean): Script {
  const make = splitWords(args.virtualenv_command);
  const isVenv = make.some((word) => /(^|\/)(py)?venv$/.test(word));
  const options = [
    ...(args.virtualenv_python !== undefined && !isVenv ? ['-p', args.virtualenv_python] : []),
    ...(args.virtualenv_site_packages ? ['--system-site-packages'] : []),
  ];
  const words = pipArguments(args, specs);
  return sh`
${setting(args)}
kp_set cmd ${words}
${isFresh ? sh`kp_apply && { kp_try kp_in ${make} ${options} "$kp_venv" || return 1; }` : sh``}
kp_out=$(kp_in "$kp_pip" ${words} 2>&1)
kp_rc=$?
kp_set output "$kp_out"
if [ "$kp_rc" != 0 ]; then kp_set rc "$kp_rc"; kp_fail "pip failed: $kp_out"; return 1; fi
case $kp_out in *'Successfully installed'* | *'Successfully uninstalled'*) kp_apply ;; esac
return 0`;
}

function plan(args: Arguments, report: Report, isCheck: boolean): Program | Outcome | undefined {
  const isFresh = report.text('fresh') !== undefined;
  const installed = new Map(
    (report.text('installed') ?? '').split('\n').flatMap((line) => {
      const [, name, version] = /^([\w.-]+)==(\S+)$/.exec(line) ?? [];
      return name === undefined || version === undefined ? [] : [[normal(name), version] as const];
    }),
  );
  const specs = packages(args);
  const verdicts = specs.map((spec) => (isFresh ? false : isThere(spec, installed)));
  if (args.requirements === undefined && !isFresh) {
    if (args.state === 'present' && verdicts.every((there) => there === true)) return undefined;
    const names = specs.map((spec) => requirement(spec)?.name ?? spec);
    if (args.state === 'absent' && names.every((name) => !installed.has(name))) return undefined;
  }
  if (isCheck) {
    const isSure = isFresh || args.state === 'forcereinstall' || args.state === 'absent' || verdicts.includes(false);
    if (isSure) return { status: 'changed', result: {} };
    return { status: 'unknown', result: { reason: 'only pip can tell whether it would install anything' } };
  }
  return program(running(args, specs, isFresh));
}

export const pip = defineTask({
  name: 'pip',
  summary: 'Installs Python packages, with the pip of the host.',
  description:
    'The host needs Python and pip for it; kprov itself does not. Packages that are there cost one round trip.',
  parameters,
  atLeastOne: [['name', 'requirements']],
  atMostOne: [
    ['name', 'requirements'],
    ['executable', 'virtualenv'],
  ],
  returns: {
    cmd: 'what pip was called with',
    name: 'the packages',
    requirements: 'the requirements file',
    version: 'the version',
    virtualenv: 'the virtual environment',
    output: 'what pip printed',
  },
  example: `- pip:
    name: [kubernetes==29.0.0, pyyaml]
    virtualenv: /opt/tools
    virtualenv_command: python3 -m venv`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    const bad = packages(args).find((spec) => spec.trim().startsWith('-'));
    if (bad !== undefined) return wrong(`a package does not begin with a dash: ${bad}`);
    if (args.version !== undefined && args.name?.length !== 1) {
      return wrong(
        "'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument.",
      );
    }
    if (args.version !== undefined && args.state === 'latest')
      return wrong('version is incompatible with state=latest');
    if (args.umask !== undefined && !/^[0-7]{1,4}$/.test(args.umask)) return wrong('umask must be an octal integer');
    return program(listing(args), { next: (report) => plan(args, report, context.checkMode) });
  },
  interpret: (report, args) => ({
    result: withFailure(report, {
      name: args.name === undefined ? null : [...args.name],
      version: args.version ?? null,
      state: args.state,
      requirements: args.requirements ?? null,
      virtualenv: args.virtualenv ?? null,
    }),
  }),
});
