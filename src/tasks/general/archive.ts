import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { choice, flag, list, path, paths } from '../parameters.js';
import { defineTask, type Interpretation, program, type Report } from '../task.js';
import { fileAttributes, furtherAttributes } from './file-attributes.js';
import { hostPath } from './host-path.js';
import { withFailure } from './reported.js';
import { attributeChanges, factsOf, ownership, settingsOfPath } from './written-file.js';

const compressors = { gz: 'gzip', bz2: 'bzip2', xz: 'xz' } as const;

/** Appends what the pattern stands for to a list of lines; only `*` and `?` make a pattern, as in Ansible. */
const expanding = (name: string, target: Script): Script =>
  /[*?]/.test(name)
    ? sh`
kp_p=${hostPath(name.replaceAll('[', '?'))}
IFS=
for kp_i in $kp_p; do [ ! -e "$kp_i" ] && [ ! -L "$kp_i" ] || ${target}=$${target}$kp_i$kp_nl; done
unset IFS`
    : sh`kp_i=${hostPath(name.replace(/(?<=.)\/+$/, ''))}; ${target}=$${target}$kp_i$kp_nl`;

/** Functions: kp_list prints the names below kp_root; kp_pack writes the archive, unpacked, to standard output. */
const packing = (patterns: readonly string[]): Script => sh`
kp_list() {
  (
    IFS=$kp_nl; set -f
    for kp_i in $kp_there; do
      if [ -d "$kp_i" ] && [ ! -L "$kp_i" ]; then find "$kp_i" -mindepth 1; else printf '%s\n' "$kp_i"; fi
    done
  ) | sort | while IFS= read -r kp_i; do
    kp_i=$\{kp_i#"$kp_root"}
    for kp_line in ${patterns}; do case $kp_i in $kp_line) continue 2 ;; esac; done
    printf '%s\n' "$kp_i"
  done
}
kp_crcs() { unzip -v "$1" | awk '$7 ~ /^[0-9a-f]+$/ { $1 = $2 = $3 = $4 = $5 = $6 = ""; print }'; }
kp_gnu=
case $(tar --version 2>/dev/null) in *GNU*) kp_gnu=1 ;; esac
kp_pack() {
  if [ -z "$kp_many" ] && [ "$kp_format" != tar ]; then cat -- "$kp_first"; return; fi
  if [ -n "$kp_gnu" ]; then
    # 1: a file changed meanwhile.
    kp_list | tar -C "$kp_root" -cf - --no-recursion --verbatim-files-from -T /dev/stdin
    [ $? -le 1 ]
    return
  fi
  IFS=$kp_nl; set -f
  set -- $(kp_list)
  unset IFS; set +f
  tar -C "$kp_root" -cf - --no-recursion -- "$@"
}`;

function interpret(report: Report, dest: string | undefined): Interpretation {
  const lines = (name: string): string[] => (report.text(name) ?? '').split('\n').filter((line) => line !== '');
  const root = report.text('arcroot') ?? '';
  const made = report.text('dest') ?? dest ?? '';
  const { before, after } = attributeChanges(report);
  const result: Mapping = {
    dest: made,
    dest_state: report.text('dest_state') ?? 'absent',
    arcroot: root,
    archived: lines('archived').map((name) => (name.startsWith('/') ? name : root + name)),
    missing: lines('missing'),
    expanded_paths: lines('expanded_paths'),
    expanded_exclude_paths: lines('expanded_exclude_paths'),
    ...factsOf(report),
  };
  return { result: withFailure(report, result), diff: settingsOfPath(made, before, after) };
}

export const archive = defineTask({
  name: 'archive',
  collection: 'community.general',
  summary: 'Packs files of the host into an archive.',
  description:
    'With the tar, gzip, bzip2, xz or zip of the host. It is written again only where it would hold something else. ' +
    'Names that hold a newline cannot be packed.',
  parameters: {
    path: paths('What is packed: paths, with * and ? for patterns.', { required: true }),
    dest: path('The archive. Default, for a single file: its name with the format as suffix.'),
    format: choice('Kind of archive.', ['bz2', 'gz', 'tar', 'xz', 'zip'], { default: 'gz' }),
    exclude_path: paths('Paths of those that are left out.', { default: [] }),
    exclusion_patterns: list('Shell patterns of names in the archive that are left out.', { default: [] }),
    force_archive: flag('Whether a single file becomes an archive rather than being compressed.', { default: false }),
    remove: flag('Whether what was packed is removed.', { default: false }),
    ...ownership,
    ...fileAttributes,
  },
  returns: {
    dest: 'the archive',
    dest_state: 'absent, archive, compress or incomplete',
    arcroot: 'the directory that names in the archive are relative to',
    archived: 'what was packed',
    missing: 'paths that were not there',
    expanded_paths: 'paths with patterns filled in',
    expanded_exclude_paths: 'the same of exclude_path',
    mode: 'permissions, four octal digits',
    size: 'bytes',
  },
  example: `- archive:
    path: [/etc/kubernetes, /etc/cni]
    dest: /root/before-upgrade.tar.gz`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const named = args.path.join(', ');
    const tool = args.format === 'tar' ? undefined : args.format === 'zip' ? 'zip' : compressors[args.format];
    const isGlob = args.path.some((each) => /[*?]/.test(each));
    const attributes = sh`${args.mode} ${args.owner} ${args.group}`;
    const unpack = tool === undefined ? sh`cat` : sh`${tool} -dc`;
    const pack = tool === undefined ? sh`cat` : sh`${tool} -c${args.format === 'gz' ? 'n' : ''}`;
    const write =
      args.format === 'zip'
        ? sh`(cd -- "$kp_root" && kp_list | zip -q -X - -@ >"$kp_tmp")`
        : sh`{ kp_pack || : >"$kp_tmp.failed"; } | ${pack} >"$kp_tmp" && [ ! -e "$kp_tmp.failed" ]`;
    return program(sh`
${furtherAttributes(args)}
kp_format=${args.format} kp_paths= kp_excluded=
${joinScripts(args.path.map((name) => expanding(name, sh`kp_paths`)))}
${joinScripts(args.exclude_path.map((name) => expanding(name, sh`kp_excluded`)))}
kp_set expanded_paths "$kp_paths"
kp_set expanded_exclude_paths "$kp_excluded"
kp_there= kp_missing= kp_root= kp_first= kp_count=0 kp_all=
kp_sorted=$(printf %s "$kp_paths" | sort -u)
IFS=$kp_nl; set -f
for kp_i in $kp_sorted; do
  case $kp_nl$kp_excluded in *"$kp_nl$kp_i$kp_nl"*) continue ;; esac
  kp_all=1 kp_count=$((kp_count + 1))
  case $kp_i in */*) kp_dir=$\{kp_i%/*}/ ;; *) kp_dir= ;; esac
  if [ -z "$kp_first" ]; then kp_root=$kp_dir kp_first=$kp_i
  else while :; do case $kp_dir in "$kp_root"*) break ;; esac; kp_root=$\{kp_root%/}; case $kp_root in */*) kp_root=$\{kp_root%/*}/ ;; *) kp_root= ; break ;; esac; done
  fi
  if [ -e "$kp_i" ] || [ -L "$kp_i" ]; then kp_there=$kp_there$kp_i$kp_nl; else kp_missing=$kp_missing$kp_i$kp_nl; fi
done
unset IFS; set +f
kp_set arcroot "$kp_root"
kp_set missing "$kp_missing"
if [ -z "$kp_all" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown ${`there is nothing at ${named} yet`}; return 0; fi
  kp_fail 'Error, no source paths were found'; return 1
fi
kp_many=${args.force_archive || isGlob}
if [ "$kp_count" -gt 1 ] || [ -d "$kp_first" ]; then kp_many=1; fi
kp_dest=${args.dest === undefined ? sh`` : hostPath(args.dest)}
if [ -z "$kp_dest" ]; then
  if [ -n "$kp_many" ]; then kp_fail 'Error, must specify "dest" when archiving multiple files or trees'; return 1; fi
  kp_dest=$kp_first.${args.format}
fi
kp_set dest "$kp_dest"
${
  args.remove
    ? sh`IFS=$kp_nl; set -f
for kp_i in $kp_there; do
  case $kp_dest in "$kp_i"/*) unset IFS; set +f; kp_fail 'Error, created archive can not be contained in source paths when remove=true'; return 1 ;; esac
done
unset IFS; set +f`
    : sh``
}
if [ -z "$kp_there" ]; then
  kp_stat "$kp_dest"
  case $kp_type/$kp_dest in
  absent/*) return 0 ;;
  *.tar | *.tar.gz | *.tar.bz2 | *.tar.xz | *.tgz | *.tbz2 | *.zip) kp_set dest_state archive ;;
  *) kp_set dest_state compress ;;
  esac
  kp_attributes "$kp_dest" ${attributes} && kp_facts "$kp_dest"
  return
fi
${tool !== undefined ? sh`kp_has ${tool} || { kp_fail ${`${tool} is not on the host`}; return 1; }` : sh``}
${packing(args.exclusion_patterns)}
if [ -z "$kp_many" ] && [ "$kp_format" != tar ] && [ "$kp_format" != zip ]; then kp_set dest_state compress; kp_set archived "$kp_first"
else
  kp_set archived "$(kp_list)"
  if [ -n "$kp_missing" ]; then kp_set dest_state incomplete; else kp_set dest_state archive; fi
fi
kp_real "$kp_dest" || return 1
kp_p=$kp_path
if kp_is_directory "$kp_p"; then kp_fail "$kp_p is a directory"; return 1; fi
kp_stat "$kp_p"
kp_same=
if [ "$kp_type" = file ] && [ "$kp_format" != zip ] && [ -f "$kp_p" ]; then
  kp_sum=$(kp_pack 2>/dev/null | sha256sum) kp_here=$(${unpack} <"$kp_p" 2>/dev/null | sha256sum)
  [ "$kp_sum" != "$kp_here" ] || kp_same=1
fi
if [ -n "$kp_same" ]; then
  kp_attributes "$kp_p" ${attributes} || return 1
else
  kp_parent "$kp_p" || return 1
  if [ -n "$kp_check" ]; then
    if [ "$kp_type/$kp_format" = file/zip ]; then kp_unknown 'whether the archive differs is only known once it is packed'; return 0; fi
    kp_apply
    kp_foresee_file "$kp_p" ${attributes}
  else
    kp_temp "$kp_p"
    kp_line=$( ${write} 2>&1) || { rm -f -- "$kp_tmp" "$kp_tmp.failed"; kp_fail "Error when writing $kp_format archive at $kp_dest: $kp_line"; return 1; }
    if [ "$kp_format" = zip ] && [ "$kp_type" = file ] && [ "$(kp_crcs "$kp_tmp")" = "$(kp_crcs "$kp_p")" ]; then
      rm -f -- "$kp_tmp"
      kp_attributes "$kp_p" ${attributes} || return 1
    else
      kp_apply
      kp_install "$kp_tmp" "$kp_p" ${attributes} || return 1
    fi
  fi
fi
kp_facts "$kp_p"
${
  args.remove
    ? sh`if kp_apply; then
  IFS=$kp_nl; set -f
  for kp_i in $kp_there; do
    [ "$kp_i" = "$kp_p" ] || rm -rf -- "$kp_i" || { unset IFS; set +f; kp_fail "Unable to remove source file: $kp_i"; return 1; }
  done
  unset IFS; set +f
fi`
    : sh``
}
return 0`);
  },
  interpret: (report, args) => interpret(report, args.dest),
});
