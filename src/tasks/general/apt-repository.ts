import { joinScripts, sh } from '../../shell/index.js';
import { choice, flag, integer, mode, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { interpretApt } from './apt-report.js';
import { aptFunctions } from './apt-script.js';
import { aptUpdate } from './apt-update.js';
import { rewriteFunction } from './edit-file.js';
import { editedFile } from './reported.js';

/** The name of the file that Ansible gives a source: its address without protocol and options, other characters as `_`. */
function sourceFileName(repo: string): string {
  const words = repo
    .replaceAll(/\[[^\]]+\]/g, '')
    .replaceAll(/\w+:\/\//g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'deb' && word !== 'deb-src');
  const name = words
    .join(' ')
    .replaceAll(/[^a-zA-Z0-9]/g, ' ')
    .trim();
  return `${name.split(/\s+/).join('_')}.list`;
}

/** A source line with single blanks, so that equal sources are found whatever their spacing. */
const normalise = (repo: string): string => repo.trim().replaceAll(/\s+/g, ' ');

export const aptRepository = defineTask({
  name: 'apt_repository',
  summary: 'Adds and removes package sources of apt (one-line format).',
  parameters: {
    repo: text('The source: `deb [signed-by=/etc/apt/keyrings/x.gpg] https://host/path suite component`.', {
      required: true,
    }),
    state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
    filename: text('Name of the file in /etc/apt/sources.list.d; default: made from the source.'),
    mode: mode('Permissions of the file.', { default: '0644' }),
    update_cache: flag('Whether the package lists are renewed when something changes.', {
      default: true,
      aliases: ['update-cache'],
    }),
    codename: text('Accepted: it is about ppa: sources, which are refused.'),
    install_python_apt: flag('Accepted: no Python is needed.', { default: true }),
    validate_certs: flag('Accepted: it is about ppa: sources, which are refused.', { default: true }),
    update_cache_retries: integer('How often a failed renewal is tried again.', { default: 5 }),
    update_cache_retry_max_delay: integer('Longest pause between two tries, in seconds.', { default: 12 }),
  },
  returns: { repo: 'the source', sources_added: 'files that were made', sources_removed: 'files that were removed' },
  example: `- apt_repository:
    repo: deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable
    filename: docker`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const repo = normalise(args.repo);
    const fail = (msg: string) => ({ status: 'failed', result: { msg } }) as const;
    if (repo.startsWith('ppa:')) {
      return fail('ppa: sources are not supported; give the deb line and the key of the archive instead');
    }
    if (!/^deb(-src)? (\[[^\]]+\] )?\S+ \S+/.test(repo))
      return fail(`not a package source: ${JSON.stringify(args.repo)}`);
    const name = args.filename ?? sourceFileName(repo);
    const file = name.startsWith('/')
      ? name
      : `/etc/apt/sources.list.d/${name.endsWith('.list') ? name : `${name}.list`}`;
    return program(
      joinScripts([
        rewriteFunction,
        aptFunctions({ lockTimeout: 60, options: [] }),
        sh`
kp_repo=${repo} kp_target=${file}
kp_found=
# kp_strip FILE: its text without the source into kp_new; kp_found is set where it stood there.
kp_strip() {
  kp_read "$1" || return 1
  kp_new= kp_here=
  [ -z "$kp_text" ] || while IFS= read -r kp_line; do
    set -f; set -- $kp_line; set +f
    if [ "$*" = "$kp_repo" ]; then kp_here=1; continue; fi
    kp_new=$kp_new$kp_line$kp_nl
  done <<EOF
$\{kp_text%"$kp_nl"}
EOF
}
set -- /etc/apt/sources.list /etc/apt/sources.list.d/*.list
case " $* " in *" $kp_target "*) ;; *) set -- "$@" "$kp_target" ;; esac
kp_touched= kp_removed=
for kp_file do
  [ -f "$kp_file" ] || kp_foreseen "$kp_file" || continue
  kp_strip "$kp_file" || return 1
  [ -n "$kp_here" ] || continue
  kp_found=1
  [ ${args.state} = absent ] || break
  kp_touched=1
  if [ -z "$kp_new" ] && [ "$kp_file" != /etc/apt/sources.list ]; then
    kp_removed=$kp_removed$kp_file$kp_nl
    kp_set path "$kp_file"; kp_set before "$kp_text"; kp_set after ''
    if kp_apply; then kp_try rm -f -- "$kp_file" || return 1; else kp_predict path "$kp_file" absent; fi
  else
    kp_rewrite "$kp_file" "$kp_new" '' || return 1
  fi
done
kp_set removed "$kp_removed"
if [ ${args.state} = present ] && [ -z "$kp_found" ]; then
  kp_touched=1
  kp_read "$kp_target" || return 1
  case $kp_text in '' | *"$kp_nl") ;; *) kp_text=$kp_text$kp_nl ;; esac
  [ -n "$kp_text" ] || kp_set added "$kp_target"
  kp_rewrite "$kp_target" "$kp_text$kp_repo$kp_nl" ${args.mode} || return 1
  [ -z "$kp_check" ] || kp_predict repository "$kp_repo" present
fi
[ -n "$kp_touched" ] || return 0`,
        args.update_cache &&
          aptUpdate({
            cacheValidTime: 0,
            retries: args.update_cache_retries,
            maxDelay: args.update_cache_retry_max_delay,
            lockTimeout: 60,
            alone: false,
            options: [],
          }),
      ]),
    );
  },
  interpret: (report, args) => {
    const files = (field: string) => (report.text(field) ?? '').split('\n').filter((name) => name !== '');
    const { result = {} } = interpretApt(report, {
      repo: args.repo,
      state: args.state,
      sources_added: files('added'),
      sources_removed: files('removed'),
    });
    return { result, diff: editedFile(report) };
  },
});
