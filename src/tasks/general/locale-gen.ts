import { sh } from '../../shell/index.js';
import { choice, list } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

/** `de_DE.UTF-8` as `locale -a` spells it: de_DE.utf8. */
const spelt = (name: string): string => {
  const [language = '', charset] = name.split('.');
  return charset === undefined ? language : `${language}.${charset.toLowerCase().replaceAll('-', '')}`;
};

export const localeGen = defineTask({
  name: 'locale_gen',
  collection: 'community.general',
  summary: 'Makes locales (/etc/locale.gen).',
  parameters: {
    name: list('The locales, such as de_DE.UTF-8.', { required: true }),
    state: choice('Whether they are there.', ['present', 'absent'], { default: 'present' }),
  },
  returns: {},
  example: `- locale_gen: {name: de_DE.UTF-8}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const bad = args.name.find((name) => !/^[A-Za-z_@.0-9-]+$/.test(name));
    if (bad !== undefined) return { status: 'failed', result: { msg: `${JSON.stringify(bad)} is not a locale` } };
    return program(sh`
${rewriteFunction}
kp_file=/etc/locale.gen
if [ ! -f "$kp_file" ] && ! kp_foreseen "$kp_file"; then
  if [ -n "$kp_dry" ]; then kp_unknown 'locale-gen is not installed yet (package locales)'; return 0; fi
  kp_fail 'there is no /etc/locale.gen (package locales)'
  return 1
fi
kp_read "$kp_file" || return 1
kp_old=$kp_text
for kp_name in ${args.name}; do
  kp_new= kp_done= kp_text=$kp_old
  while IFS= read -r kp_line; do
    kp_bare=$\{kp_line#'#'}; kp_bare=$\{kp_bare#' '}
    case $kp_bare in
    "$kp_name "*)
      kp_done=1
      case ${args.state} in present) kp_line=$kp_bare ;; *) kp_line="# $kp_bare" ;; esac ;;
    esac
    kp_new=$kp_new$kp_line$kp_nl
  done <<EOF
$\{kp_text%"$kp_nl"}
EOF
  if [ -z "$kp_done" ] && [ ${args.state} = present ]; then
    [ -f /usr/share/i18n/SUPPORTED ] && ! grep -qF -- "$kp_name " /usr/share/i18n/SUPPORTED &&
      { kp_fail "The locale $kp_name is not available"; return 1; }
    kp_new=$kp_new"$kp_name $\{kp_name#*.}"$kp_nl
  fi
  kp_old=$kp_new
done
kp_have=$kp_nl$(locale -a 2>/dev/null)$kp_nl
kp_missing=
for kp_name in ${args.name.map(spelt)}; do
  case $kp_have in *"$kp_nl$kp_name$kp_nl"*) [ ${args.state} = present ] || kp_missing=1 ;; *) [ ${args.state} = absent ] || kp_missing=1 ;; esac
done
kp_rewrite "$kp_file" "$kp_old" 0644 || return 1
if [ -n "$kp_missing$kp_changes" ] && kp_apply; then kp_try locale-gen; fi`);
  },
  interpret: (report) => interpretEdit(report),
});
