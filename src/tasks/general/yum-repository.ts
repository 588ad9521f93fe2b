import { sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, integer, list, mode, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

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
  sslverify: flag('Whether certificates are checked.'),
  sslcacert: text('File or directory of certificate authorities.'),
  sslclientcert: text('Client certificate.'),
  sslclientkey: text('Key of the client certificate.'),
  skip_if_unavailable: flag('Whether it is left out when it cannot be reached.'),
  username: text('User of its server.'),
  password: text('Password of its server.', { secret: true }),
  mode: mode('Permissions of the file.', { default: '0644' }),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

const plain = new Set(['name', 'description', 'state', 'file', 'mode']);

/** The section as yum writes it: keys in alphabetical order, lists one item a line. */
export function repositorySection(args: Arguments): string {
  const entries: [string, string][] = [['name', args.description ?? args.name]];
  for (const [key, value] of Object.entries(args)) {
    if (plain.has(key) || value === undefined) continue;
    const separator = key === 'exclude' || key === 'includepkgs' ? ' ' : '\n\t';
    if (typeof value === 'boolean') entries.push([key, value ? '1' : '0']);
    else entries.push([key, Array.isArray(value) ? value.join(separator) : String(value)]);
  }
  const lines = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key} = ${value}\n`);
  return `[${args.name}]\n${lines.join('')}`;
}

export const yumRepository = defineTask({
  name: 'yum_repository',
  summary: 'Adds and removes repositories of dnf and yum.',
  parameters,
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
    const file = `/etc/yum.repos.d/${args.file ?? args.name}.repo`;
    return program(sh`
${rewriteFunction}
kp_file=${file} kp_head=${`[${args.name}]`} kp_section=${args.state === 'present' ? repositorySection(args) : ''}
kp_read "$kp_file" || return 1
kp_new= kp_inside= kp_done=
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  case $kp_line in
  "$kp_head"*) kp_inside=1; [ -n "$kp_done" ] || kp_new=$kp_new$kp_section; kp_done=1 ;;
  '['*) [ -z "$kp_inside" ] || [ -z "$kp_section" ] || kp_new=$kp_new$kp_nl; kp_inside= ;;
  esac
  [ -n "$kp_inside" ] || kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
if [ -z "$kp_done" ] && [ -n "$kp_section" ]; then kp_new=$kp_new$\{kp_new:+$kp_nl}$kp_section; fi
[ -n "$kp_done$kp_section" ] || return 0
if [ -z "$kp_new" ]; then
  kp_set path "$kp_file"; kp_set before "$kp_text"; kp_set after ''
  if kp_apply; then kp_try rm -f -- "$kp_file"; else kp_predict path "$kp_file" absent; fi
  return
fi
[ -z "$kp_check" ] || [ -z "$kp_section" ] || kp_predict repository ${args.name} present
kp_rewrite "$kp_file" "$kp_new" ${args.mode}`);
  },
  interpret: (report, args) => interpretEdit(report, { repo: args.name, state: args.state }),
});
