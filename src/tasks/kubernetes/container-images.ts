import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { FileContent } from '../../values/index.js';
import { decryption, sending } from '../general/decrypt.js';
import { partial, staging } from '../general/place-files.js';
import { digest } from '../general/written-file.js';
import { type ArgumentsOf, choice, list, text } from '../parameters.js';
import { defineTask, type Program, program, type Report, type TaskContext } from '../task.js';
import { packageFunctions } from './parts/packages.js';
import { plainFields } from './parts/report.js';

/** What an archive held the last time: names only, checked against the runtime each time. */
const KNOWN = '/var/lib/kprov/images';

const parameters = {
  archives: list('URLs, or paths on the host.', { default: [] }),
  local_archives: list(
    'Files of the control machine, looked for in files/; sent only where their images are missing.',
    {
      default: [],
    },
  ),
  ...decryption,
  runtime: choice('The runtime.', ['containerd', 'docker'], { default: 'containerd' }),
  namespace: text("containerd's namespace.", { default: 'k8s.io' }),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

interface LocalArchive {
  name: string;
  content: FileContent;
  /** Everybody on the control machine may read it. */
  isPublic: boolean;
}

/** Where the images of a local archive are written down: by its content, whatever it is called. */
const knownOf = ({ content }: LocalArchive): string => posix.join(KNOWN, digest('sha256', content));

function localArchives(args: Arguments, context: TaskContext): LocalArchive[] {
  const { files } = sending(context, args);
  return args.local_archives.map((name) => {
    const file = context.find('files', name);
    const content = files.large?.(file) ?? files.readBytes(file);
    if (content === undefined) throw new KprovError('missing-file', `container_images: cannot read ${name}`);
    return { name, content, isPublic: ((files.permissions?.(file) ?? 0) & 0o004) !== 0 };
  });
}

const functions = (args: Arguments): Script =>
  joinScripts([
    packageFunctions,
    staging,
    sh`
kp_k_loaded=
# kp_k_images: the images that the runtime has, one a line, between newlines.
kp_k_images() {
  case ${args.runtime} in
  docker) kp_k_have=$(docker image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null) ;;
  *) kp_k_have=$(ctr -n ${args.namespace} images ls -q 2>/dev/null) ;;
  esac
  kp_k_have=$kp_nl$kp_k_have$kp_nl
}
kp_k_images
# kp_k_held FILE: has the runtime all images that the file names?
kp_k_held() {
  [ -s "$1" ] || return 1
  while read -r kp_k_image; do
    case $kp_k_have in *"$kp_nl$kp_k_image$kp_nl"*) ;; *) return 1 ;; esac
  done <"$1"
}
kp_k_load() {
  set -- "$1" "$(printf '%s' "$1" | cksum)"
  set -- "$1" ${KNOWN}"/$\{2%% *}"
  ! kp_k_held "$2" || return 0
  kp_apply || return 0
  mkdir -p -m 700 ${KNOWN}
  case $1 in
  *://*) kp_k_file=${KNOWN}/.download-$$; kp_k_fetch "$1" "$kp_k_file" || { rm -f -- "$kp_k_file"; return 1; } ;;
  *) kp_k_file=$1
    [ -f "$kp_k_file" ] || { kp_fail "there is no $kp_k_file on the host"; return 1; } ;;
  esac
  kp_k_import "$kp_k_file" "$1" "$2"
  kp_rc=$?
  [ "$kp_k_file" = "$1" ] || rm -f -- "$kp_k_file"
  return "$kp_rc"
}
# kp_k_import FILE NAME KNOWN: loads it; NAME tells how it is compressed, KNOWN is where its images are written down.
kp_k_import() {
  case $2 in
  *.gz | *.tgz) kp_k_cat='gzip -dc' ;;
  *.xz | *.txz) kp_k_cat='xz -dc' ;;
  *.zst) kp_k_cat='zstd -dc' ;;
  *) kp_k_cat=cat ;;
  esac
  case ${args.runtime} in
  docker) kp_out=$($kp_k_cat "$1" | docker load 2>&1) ;;
  *) kp_out=$($kp_k_cat "$1" | ctr -n ${args.namespace} images import - 2>&1) ;;
  esac
  kp_rc=$?
  if [ "$kp_rc" != 0 ]; then kp_set output "$kp_out"; kp_fail "cannot load $2 into "${args.runtime}; return 1; fi
  kp_k_names=
  while read -r kp_k_line; do
    case $kp_k_line in
    'Loaded image: '*) kp_k_names=$kp_k_names$\{kp_k_line#Loaded image: }$kp_nl ;;
    unpacking\ *)
      kp_k_line=$\{kp_k_line#unpacking }; kp_k_names=$kp_k_names$\{kp_k_line%% *}$kp_nl ;;
    *saved)
      set -- "$1" "$2" "$3" $kp_k_line; kp_k_names=$kp_k_names$4$kp_nl ;;
    esac
  done <<KP_END
$kp_out
KP_END
  kp_k_loaded=$kp_k_loaded$kp_k_names
  # Without a name there is nothing to look for the next time: it is loaded again.
  [ -z "$kp_k_names" ] || kp_k_known "$3" "$kp_k_names"
}
kp_k_known() { kp_k_changes=$kp_changes; kp_diff= kp_write "$1" "$2" 0600 root root; kp_changes=$kp_k_changes; }`,
  ]);

/** Says where the archive is to be put, where an image of it is missing. */
const look = (archive: LocalArchive, index: number): Script => sh`
if ! kp_k_held ${knownOf(archive)} && kp_apply; then
  mkdir -p -m 700 ${KNOWN} && kp_stage ${posix.join(KNOWN, 'archive')} ${digest('sha256', archive.content).slice(0, 16)} ${partial(archive.content)} || return 1
  kp_set ${`folder.${index}`} "$kp_staging"
fi`;

/** The step that loads those that were sent for it. */
function loading(args: Arguments, archives: readonly LocalArchive[], report: Report): Program | undefined {
  const sent = archives.flatMap((archive, index) => {
    const folder = report.text(`folder.${index}`);
    return folder === undefined ? [] : [{ ...archive, folder, path: posix.join(folder, partial(archive.content)) }];
  });
  if (sent.length === 0) return undefined;
  return program(
    joinScripts([
      functions(args),
      sh`kp_k_loaded=${report.text('loaded')}`,
      ...sent.map(
        (archive) => sh`
kp_stat ${archive.path}
kp_apply
if ! kp_sum ${archive.path} || [ "$kp_line" != ${digest('sha256', archive.content)} ]; then
  rm -rf -- ${archive.folder}; kp_fail ${`what arrived of ${archive.name} is not what was sent`}; return 1
fi
# Once the images are known nobody looks for what is left of their way there.
kp_note ${archive.folder}
kp_k_import ${archive.path} ${archive.name} ${knownOf(archive)}
kp_rc=$?
rm -rf -- ${archive.folder}
[ "$kp_rc" = 0 ] || return 1`,
      ),
      sh`kp_set loaded "$kp_k_loaded"`,
    ]),
    { uploads: sent.map(({ path, content, isPublic }) => ({ path, content, isPublic })) },
  );
}

export const containerImages = defineTask({
  name: 'container_images',
  collection: 'kprov.kubernetes',
  summary: 'Loads images from archives into the container runtime, for clusters without a registry.',
  description:
    'Archives are those of `docker save` or `ctr images export`, plain or compressed with gzip, xz or zstd. An archive is loaded again only where an image that it held is no longer in the runtime. ' +
    'Those of the control machine are known by their content, and are sent as copy sends large files; with --hand-on ' +
    'those that everybody on the control machine may read go on from host to host.',
  parameters,
  atLeastOne: [['archives', 'local_archives']],
  returns: { loaded: 'the images that were loaded' },
  example: `- name: Images of an offline cluster
  container_images:
    archives: [http://mirror.example/images/kube-proxy.tar.xz]
    local_archives: [pause.tar]`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    if (args.archives.length + args.local_archives.length === 0) return { status: 'ok', result: { loaded: [] } };
    const local = localArchives(args, context);
    return program(
      joinScripts([
        functions(args),
        sh`for kp_k_archive in ${args.archives}; do kp_k_load "$kp_k_archive" || return 1; done`,
        ...local.map(look),
        sh`kp_set loaded "$kp_k_loaded"`,
      ]),
      { next: (report) => loading(args, local, report) },
    );
  },
  interpret: (report) => {
    const loaded = (report.text('loaded') ?? '').split('\n').filter(Boolean);
    return { result: { loaded, ...plainFields(report, ['msg', 'output']) } };
  },
});
