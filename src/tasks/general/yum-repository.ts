import { posix } from 'node:path';
import { sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, integer, list, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { fileAttributes, furtherAttributes } from './file-attributes.js';
import { withFailure } from './reported.js';
import { fileDiffs, ownership } from './written-file.js';

/** Settings that only yum knows; dnf passes over them. */
const ofYum = {
  async: flag('Of yum: whether downloads go on side by side.'),
  deltarpm_metadata_percentage: text('Of yum: how large the lists of deltas may be, in percent.'),
  gpgcakey: text('Of yum: address of the key of an authority.'),
  http_caching: choice('Of yum: what caches may keep.', ['all', 'packages', 'none']),
  keepalive: flag('Of yum: whether a connection is used again.'),
  keepcache: choice('Of yum: whether packages are kept.', ['0', '1']),
  metadata_expire_filter: choice('Of yum: which commands may use old lists.', [
    'never',
    'read-only:past',
    'read-only:present',
    'read-only:future',
  ]),
  mirrorlist_expire: text('Of yum: seconds that the list of mirrors is good.'),
  protect: flag('Of yum: whether its packages are not replaced by those of others.'),
  ssl_check_cert_permissions: flag('Of yum: whether the permissions of certificates are looked at.'),
  ui_repoid_vars: text('Of yum: variables that are shown with its name.'),
} as const;

const parameters = {
  name: text('Identifier of the repository.', { required: true }),
  description: text('Its name for people; needed with `state: present`.'),
  state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
  file: text('Name of the file in /etc/yum.repos.d, without .repo; default: the name.'),
  baseurl: list('Its addresses.'),
  mirrorlist: text('Address of a list of mirrors.'),
  metalink: text('Address of a metalink.'),
  enabled: flag('Whether it is used.'),
  gpgcheck: flag('Whether signatures of packages are checked.'),
  repo_gpgcheck: flag('Whether the signature of its lists is checked.'),
  gpgkey: list('Addresses of its keys.'),
  exclude: list('Packages that are not taken from it.', { aliases: ['excludepkgs'] }),
  includepkgs: list('The only packages that are taken from it.'),
  priority: integer('Its priority; lower numbers win.'),
  cost: integer('Its cost; lower numbers win.'),
  module_hotfixes: flag('Whether its packages are not filtered by modules.'),
  metadata_expire: text('How long its lists are good.'),
  proxy: text('Proxy to reach it.'),
  proxy_username: text('User of the proxy.'),
  proxy_password: text('Password of the proxy.', { secret: true }),
  timeout: text('Seconds to wait for a connection.'),
  retries: text('How often something is tried; 0: for ever.'),
  throttle: text('Bytes a second that are fetched at most, or a percentage of bandwidth.'),
  bandwidth: text('Bytes a second that there are.'),
  ip_resolve: choice('Kind of addresses that its names stand for.', ['4', '6', 'IPv4', 'IPv6', 'whatever']),
  countme: flag('Whether the host is counted by the repository.'),
  enablegroups: flag('Whether its groups of packages are used.'),
  failovermethod: choice('Which of its addresses is the first.', ['roundrobin', 'priority']),
  deltarpm_percentage: text('How large a delta may be, in percent of the package.'),
  include: text('A further configuration file.'),
  s3_enabled: flag('Whether it is in S3, for the plugin of yum.'),
  ...ofYum,
  sslverify: flag('Whether certificates are checked.', { aliases: ['validate_certs'] }),
  sslcacert: text('File or directory of certificate authorities.', { aliases: ['ca_cert'] }),
  sslclientcert: text('Client certificate.', { aliases: ['client_cert'] }),
  sslclientkey: text('Key of the client certificate.', { aliases: ['client_key'] }),
  skip_if_unavailable: flag('Whether it is left out when it cannot be reached.'),
  username: text('User of its server.'),
  password: text('Password of its server.', { secret: true }),
  reposdir: path('Directory of the file.', { default: '/etc/yum.repos.d' }),
  ...ownership,
  ...fileAttributes,
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

const plain = new Set([
  ...['name', 'description', 'state', 'file', 'reposdir'],
  ...Object.keys(ownership),
  ...Object.keys(fileAttributes),
]);

/** The section as Ansible writes it: keys in alphabetical order, lists one item a line, an empty line at its end. */
function repositorySection(args: Arguments): string {
  const entries: [string, string][] = [['name', args.description ?? args.name]];
  for (const [key, value] of Object.entries(args)) {
    if (plain.has(key) || value === undefined) continue;
    const separator = key === 'exclude' || key === 'includepkgs' ? ' ' : '\n\t';
    if (typeof value === 'boolean') entries.push([key, value ? '1' : '0']);
    else entries.push([key, Array.isArray(value) ? value.join(separator) : String(value)]);
  }
  const lines = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key} = ${value}\n`);
  return `[${args.name}]\n${lines.join('')}\n`;
}

const fileOf = (args: Arguments): string => posix.join(args.reposdir, `${args.file ?? args.name}.repo`);

export const yumRepository = defineTask({
  name: 'yum_repository',
  summary: 'Adds and removes repositories of dnf and yum.',
  parameters,
  description:
    'Everything that Ansible writes to the file is written, also what only yum knew. Comments outside of the section stay.',
  returns: { repo: 'the repository', state: 'as asked for' },
  example: `- yum_repository:
    name: kubernetes
    description: Kubernetes
    baseurl: https://pkgs.k8s.io/core:/stable:/v1.30/rpm/
    gpgcheck: yes
    gpgkey: https://pkgs.k8s.io/core:/stable:/v1.30/rpm/repodata/repomd.xml.key`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const fail = (msg: string) => ({ status: 'failed', result: { msg } }) as const;
    if (/[\]\s[/]/.test(args.name)) return fail(`${JSON.stringify(args.name)} is not the name of a repository`);
    const addressed = args.baseurl ?? args.mirrorlist ?? args.metalink;
    if (args.state === 'present' && addressed === undefined) return fail('baseurl, mirrorlist or metalink is needed');
    if (args.state === 'present' && args.description === undefined) return fail('description is needed');
    return program(sh`
${furtherAttributes(args)}
if ! kp_is_directory ${args.reposdir}; then
  if [ -n "$kp_dry" ]; then kp_unknown ${`the directory ${args.reposdir} is not there yet`}; return 0; fi
  kp_fail ${`Repo directory '${args.reposdir}' does not exist.`}
  return 1
fi
kp_file=${fileOf(args)} kp_head=${`[${args.name}]`} kp_section=${args.state === 'present' ? repositorySection(args) : ''}
kp_read "$kp_file" || return 1
kp_new= kp_inside= kp_done=
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  case $kp_line in
  "$kp_head"*) kp_inside=1; [ -n "$kp_done" ] || kp_new=$kp_new$kp_section; kp_done=1 ;;
  '['*) kp_inside= ;;
  esac
  [ -n "$kp_inside" ] || kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
# kp_bare TEXT: it without newlines at its end, into kp_i.
kp_bare() { kp_i=$1; while case $kp_i in *"$kp_nl") ;; *) false ;; esac; do kp_i=$\{kp_i%"$kp_nl"}; done; }
if [ -z "$kp_done" ] && [ -n "$kp_section" ]; then
  kp_bare "$kp_new"
  kp_new=$kp_i$\{kp_i:+$kp_nl$kp_nl}$kp_section
fi
kp_bare "$kp_new"; kp_line=$kp_i
kp_bare "$kp_text"
[ "$kp_line" != "$kp_i" ] || kp_new=$kp_text
[ -n "$kp_done$kp_section" ] || return 0
if [ -z "$kp_new" ]; then
  kp_set before "$kp_text"
  if kp_apply; then kp_try rm -f -- "$kp_file"; else kp_predict path "$kp_file" absent; fi
  return
fi
[ -z "$kp_check" ] || [ -z "$kp_section" ] || kp_predict repository ${args.name} present
kp_set after "$kp_new"
kp_real "$kp_file" || return 1
kp_write "$kp_path" "$kp_new" ${args.mode} ${args.owner} ${args.group}`);
  },
  interpret: (report, args) => ({
    result: withFailure(report, { repo: args.name, state: args.state }),
    diff: fileDiffs(report, fileOf(args), report.text('after') ?? ''),
  }),
});
