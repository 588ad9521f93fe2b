import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, integer, list, mode, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { getFunction, plainHttp } from './http.js';
import { withFailure } from './reported.js';
import { fileDiffs } from './written-file.js';

const kinds = list('What is taken from it: deb, deb-src.', { default: ['deb'] });

/** Parameters that become fields of the file; the name of a field follows from the parameter's. */
const fields = {
  allow_downgrade_to_insecure: flag('Whether packages that were signed may come unsigned.'),
  allow_insecure: flag('Whether the source may be unsigned.'),
  allow_weak: flag('Whether a weak digest of its signature will do.'),
  architectures: list('Architectures to look for.'),
  by_hash: flag('Whether lists are fetched by their checksum.'),
  check_date: flag('Whether the clock of the host counts.'),
  check_valid_until: flag('Whether lists grow old.'),
  components: list('Components of the suites.'),
  date_max_future: integer('Seconds that a list may be ahead of the clock.'),
  enabled: flag('Whether apt uses it.'),
  inrelease_path: text('Path of InRelease, relative to its usual place.'),
  languages: list('Languages of descriptions.'),
  name: text('What it is called; names the files too.', { required: true }),
  pdiffs: flag('Whether lists are renewed by their differences.'),
  signed_by: text('Its key: a URL, the path of a keyring, fingerprints, or the key itself.'),
  suites: list('Suites, or paths with a / at their end.'),
  targets: list('Kinds of lists that are fetched.'),
  trusted: flag('Whether it is trusted without a signature.'),
  types: {
    ...kinds,
    parse: (value: Parameters<typeof kinds.parse>[0]) => {
      const types = kinds.parse(value);
      if (types.some((type) => type !== 'deb' && type !== 'deb-src')) throw new RangeError('expected deb or deb-src');
      return types;
    },
  },
  uris: list('Its addresses.'),
} as const;

const parameters = {
  ...fields,
  mode: mode('Permissions of the file.', { default: '0644' }),
  state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

const special: Readonly<Record<string, string>> = { name: 'X-Repolib-Name', uris: 'URIs' };

const fieldName = (parameter: string): string =>
  special[parameter] ?? parameter.replaceAll(/(^|_)([a-z])/g, (_, gap, letter) => (gap && '-') + letter.toUpperCase());

const indented = (value: string): string =>
  value
    .trim()
    .split(/\r?\n/)
    .map((line) => `\n    ${line.trim() || '.'}`)
    .join('');

/** One field as python-debian writes it. */
function line(parameter: string, value: unknown): string {
  const plain =
    typeof value === 'boolean' ? (value ? 'yes' : 'no') : Array.isArray(value) ? value.join(' ') : `${value}`;
  const told = plain.includes('\n') ? indented(plain) : plain;
  return `${fieldName(parameter)}:${told === '' || told.startsWith('\n') ? '' : ' '}${told}\n`;
}

/** The name in file names. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/[^a-z0-9-]+/g, '');

const isUrl = (key: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(key);

/** Fetches the key, and sets kp_key to the file that it is in. */
const fetchedKey = (url: string, slug: string): Script => sh`
${getFunction(sh`kp_get`, url, plainHttp)}
kp_begin='-----BEGIN PGP PUBLIC KEY BLOCK-----'
if [ -n "$kp_check" ]; then
  kp_line=$(kp_get - 2>/dev/null | sha256sum)
  kp_n_armoured=$(kp_get - 2>/dev/null | grep -c -e "$kp_begin")
else
  kp_folder=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }
  kp_out=$(kp_get "$kp_folder/key" 2>&1) || { rm -rf -- "$kp_folder"; kp_fail "Could not fetch signed_by key: $kp_out"; return 1; }
  kp_line=$(sha256sum <"$kp_folder/key")
  kp_n_armoured=$(grep -c -e "$kp_begin" "$kp_folder/key")
fi
if [ "$kp_n_armoured" != 0 ]; then kp_key=${`/etc/apt/keyrings/${slug}.asc`}; else kp_key=${`/etc/apt/keyrings/${slug}.gpg`}; fi
kp_sum=$\{kp_line%% *} kp_here=
kp_key_in_place() {
  kp_stat "$kp_key"
  if kp_unsent "$kp_key"; then kp_here=$kp_value
  elif [ "$kp_type" = file ] && [ -f "$kp_key" ]; then kp_line=$(sha256sum <"$kp_key"); kp_here=$\{kp_line%% *}
  fi
  if [ "$kp_here" = "$kp_sum" ]; then kp_attributes "$kp_key" 0644 '' ''; return; fi
  kp_directory /etc/apt/keyrings 0755 root root || return 1
  kp_stat "$kp_key"
  if kp_apply; then
    kp_temp "$kp_key"
    kp_try cp -- "$kp_folder/key" "$kp_tmp" && kp_install "$kp_tmp" "$kp_key" 0644 '' ''
  else
    kp_foresee_file "$kp_key" 0644 '' ''
    kp_predict hash "$kp_key" "$kp_sum"
  fi
}
kp_key_in_place
kp_code=$?
[ -n "$kp_check" ] || rm -rf -- "$kp_folder"
[ "$kp_code" = 0 ] || return 1
kp_set key_filename "$kp_key"`;

function present(args: Arguments, dest: string, slug: string): Script {
  const given = (Object.keys(fields) as (keyof typeof fields)[])
    .filter((name) => args[name] !== undefined)
    .sort()
    .map((name) => ({ name, text: line(name, args[name]) }));
  const at = given.findIndex(({ name }) => name === 'signed_by');
  const lines = given.map(({ text }) => text);
  const key = args.signed_by;
  const repo =
    key !== undefined && isUrl(key)
      ? sh`${fetchedKey(key, slug)}
kp_repo=${lines.slice(0, at).join('')}'Signed-By: '$kp_key$kp_nl${lines.slice(at + 1).join('')}`
      : sh`kp_repo=${lines.join('')}
${key === undefined || key.includes('\n') ? sh`` : sh`if [ -f ${key} ]; then kp_set key_filename ${key}; fi`}`;
  return sh`${repo}
kp_set repo "$kp_repo"
[ -z "$kp_check" ] || kp_predict repository ${`deb822 ${slug}`} present
kp_write ${dest} "$kp_repo" ${args.mode} '' ''`;
}

export const deb822Repository = defineTask({
  name: 'deb822_repository',
  summary: 'Adds and removes package sources of apt (deb822 format).',
  description: 'The package lists are not renewed: that is for apt, where this has changed something.',
  parameters,
  returns: {
    repo: 'the text of the file; null with state absent',
    dest: 'the file',
    key_filename: 'the file of the key; null where there is none',
  },
  example: `- deb822_repository:
    name: docker
    uris: https://download.docker.com/linux/debian
    suites: bookworm
    components: stable
    signed_by: https://download.docker.com/linux/debian/gpg
  register: source

- apt: {update_cache: true}
  when: source is changed`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const slug = slugOf(args.name);
    if (slug === '') return { status: 'failed', result: { msg: `${JSON.stringify(args.name)} makes no file name` } };
    const dest = `/etc/apt/sources.list.d/${slug}.sources`;
    if (args.state === 'present') return program(present(args, dest, slug));
    const [armoured, binary] = [`/etc/apt/keyrings/${slug}.asc`, `/etc/apt/keyrings/${slug}.gpg`];
    return program(
      joinScripts([
        sh`kp_set key_filename ${binary}
for kp_p in ${[dest, armoured, binary]}; do
  kp_stat "$kp_p"
  [ "$kp_type" != absent ] || continue
  if kp_apply; then kp_try rm -f -- "$kp_p" || return 1; else kp_predict path "$kp_p" absent; fi
done`,
      ]),
    );
  },
  interpret: (report, args) => {
    const repo = report.text('repo');
    const dest = `/etc/apt/sources.list.d/${slugOf(args.name)}.sources`;
    const key = report.text('key_filename');
    return {
      result: withFailure(report, { repo: repo ?? null, dest, key_filename: key ?? null }),
      diff: repo === undefined ? [] : fileDiffs(report, dest, repo),
    };
  },
});
