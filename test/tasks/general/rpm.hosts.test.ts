import { jest } from '@jest/globals';
import type { Mapping } from '../../../src/values/index.js';
import { OtherHost } from '../../support/other-host.js';

jest.setTimeout(120_000);

const host = new OtherHost('rpm');

const repository = (name: string, rest: string) =>
  `[${name}]\nname=${name}\nbaseurl=file:///srv/rpm/${name}\n${rest}\n`;
const repositories = [
  repository('tools', 'gpgcheck=0'),
  repository('extra', 'gpgcheck=0\nenabled=0'),
  repository('signed', 'gpgcheck=1\nenabled=0'),
].join('\n');

/** Nothing of an earlier test is left; then the host is made what the test begins with. */
const begin = (given = '') =>
  host.ssh(
    `exec 2>&1; set -- $(rpm -qa 'kp-*' kubelet kubeadm kubectl containerd.io gpg-pubkey); [ $# = 0 ] || rpm -e --nodeps --allmatches "$@"
     rm -rf /root/kp* /etc/yum.repos.d/* /var/cache/dnf/kubernetes* /var/cache/dnf/container*
     printf '%s' '${repositories}' >/etc/yum.repos.d/bed.repo
     set -e; [ -e /var/cache/dnf/tools.solv ] || dnf -q makecache
     ${given}`,
  );

/** What a dry run must leave alone. Logs are nobody's state; dnf's lists stay the same, though reading them touches their times. */
const traces = () =>
  host.ssh(
    `rpm -qa | sort; cd /var/cache/dnf; find . -type f ! -name '*.json' ! -path '*/gen/*' -exec sha256sum {} + | sort
     find /etc /var /root /usr/bin /usr/lib/systemd -xdev \\( -path /var/log -o -path /var/cache/dnf -o -path /var/lib/dnf -o -name 'rpmdb.sqlite-*' \\) -prune -o -printf '%p %y %m %u %g %s %T@ %C@\\n' | sort`,
  );

afterAll(async () => {
  begin();
  await host.close();
});

interface Sentence {
  name: string;
  task?: string;
  args: Mapping;
  /** Shell text that makes the host what the sentence begins with. */
  given?: string;
  /** Default: changed. */
  status?: string;
  /** What check mode says; default: as the real run. */
  check?: string;
  /** What a second run says; default: ok. */
  again?: string;
  /** Text of the message of a failure. */
  msg?: string;
  /** Command and what it prints afterwards; the usual one lists the packages of the bed. */
  proof?: string;
  after: string;
}

const have = (...packages: string[]) => `dnf -q -y --enablerepo=extra install ${packages.join(' ')}`;
const installed = `rpm -qa --qf '%{NAME}-%{VERSION}\\n' 'kp-*' | sort | xargs`;

const sentences: readonly Sentence[] = [
  { name: 'a package is installed in its newest version', args: { name: 'kp-tool' }, after: 'kp-tool-2.0' },
  { name: 'several are installed at once', args: { name: ['kp-tool', 'kp-other'] }, after: 'kp-other-1.0 kp-tool-2.0' },
  { name: 'a version is pinned', args: { name: 'kp-tool-1.0' }, after: 'kp-tool-1.0' },
  { name: 'a version and release are pinned', args: { name: 'kp-tool-1.0-1' }, after: 'kp-tool-1.0' },
  { name: 'a version is asked for with an operator', args: { name: 'kp-tool < 2.0' }, after: 'kp-tool-1.0' },
  {
    name: 'a version that satisfies an operator stays',
    given: have('kp-tool-1.0'),
    args: { name: 'kp-tool >= 1.0' },
    status: 'ok',
    after: 'kp-tool-1.0',
  },
  {
    name: 'an installed package stays in its version',
    given: have('kp-tool-1.0'),
    args: { name: 'kp-tool' },
    status: 'ok',
    after: 'kp-tool-1.0',
  },
  {
    name: 'a newer version that is asked for is installed',
    given: have('kp-tool-1.0'),
    args: { name: 'kp-tool-2.0' },
    after: 'kp-tool-2.0',
  },
  {
    name: 'a newer version than asked for stays where no downgrade is allowed',
    given: have('kp-tool'),
    args: { name: 'kp-tool-1.0' },
    status: 'ok',
    after: 'kp-tool-3.0',
  },
  {
    name: 'a downgrade is made where it is allowed',
    given: have('kp-tool-2.0'),
    args: { name: 'kp-tool-1.0', allow_downgrade: true },
    after: 'kp-tool-1.0',
  },
  {
    name: 'latest installs what is missing and upgrades what is there',
    given: have('kp-tool-1.0'),
    args: { name: 'kp-tool,kp-other', state: 'latest' },
    after: 'kp-other-1.0 kp-tool-2.0',
  },
  {
    name: 'latest leaves alone what is the newest',
    given: have('kp-tool-2.0'),
    args: { name: 'kp-tool', state: 'latest' },
    status: 'ok',
    after: 'kp-tool-2.0',
  },
  {
    name: 'latest with update_only installs nothing',
    given: have('kp-tool-1.0'),
    args: { name: 'kp-tool,kp-other', state: 'latest', update_only: true },
    after: 'kp-tool-2.0',
  },
  {
    name: 'name "*" with latest upgrades everything that is installed, and nothing else',
    given: have('kp-tool-1.0'),
    args: { name: '*', state: 'latest' },
    after: 'kp-tool-2.0',
  },
  {
    name: 'a pattern installs what it matches',
    args: { name: 'kp-t*' },
    after: 'kp-tool-2.0',
  },
  {
    name: 'a pattern removes what it matches',
    given: have('kp-tool', 'kp-other'),
    args: { name: 'kp-*', state: 'absent' },
    after: '',
  },
  {
    name: 'enablerepo: a repository that is off is on for the task',
    args: { name: 'kp-extra', enablerepo: 'extra' },
    after: 'kp-extra-1.0',
  },
  {
    name: 'disablerepo: a repository that is on is off for the task',
    args: { name: 'kp-tool', disablerepo: 'tools', enablerepo: 'extra' },
    after: 'kp-tool-3.0',
  },
  {
    name: 'what no repository has fails and is named',
    args: { name: 'kp-nothing' },
    status: 'failed',
    check: 'changed',
    msg: 'kp-nothing',
    after: '',
  },
  {
    name: 'exclude: what is left out is not installed',
    args: { name: 'kp-t*', exclude: 'kp-tool', enablerepo: 'extra' },
    status: 'failed',
    check: 'unknown',
    msg: 'kp-t*',
    after: '',
  },
  {
    name: 'excludes of the configuration are off where asked for',
    given: `sed -i '/^.tools/a exclude=kp-tool' /etc/yum.repos.d/bed.repo`,
    args: { name: 'kp-tool', disable_excludes: 'tools' },
    after: 'kp-tool-2.0',
  },
  { name: 'a package goes', given: have('kp-tool'), args: { name: 'kp-tool', state: 'absent' }, after: '' },
  { name: 'what is missing stays away', args: { name: 'kp-tool', state: 'removed' }, status: 'ok', after: '' },
  {
    name: 'autoremove takes what was installed for the package too',
    given: `${have('kp-needs')}; rpm -q kp-other >/dev/null`,
    args: { name: 'kp-needs', state: 'absent', autoremove: true },
    after: '',
  },
  {
    name: 'without autoremove what was installed for the package stays',
    given: have('kp-needs'),
    args: { name: 'kp-needs', state: 'absent' },
    after: 'kp-other-1.0',
  },
  {
    name: 'autoremove alone takes what nothing needs',
    given: `${have('kp-needs')}; rpm -e kp-needs`,
    args: { autoremove: true },
    after: '',
  },
  { name: 'a program is installed by its path', args: { name: '/usr/bin/kp-tool' }, after: 'kp-tool-2.0' },
  {
    name: 'a file is installed',
    args: { name: '/srv/rpm/tools/noarch/kp-tool-1.0-1.noarch.rpm' },
    after: 'kp-tool-1.0',
  },
  {
    name: 'a package is installed from its address',
    args: { name: 'http://127.0.0.1:8080/tools/noarch/kp-tool-1.0-1.noarch.rpm' },
    after: 'kp-tool-1.0',
  },
  {
    name: 'a group is installed',
    given: 'dnf -q -y group remove kp-group >/dev/null 2>&1 || true',
    args: { name: '@kp-group' },
    after: 'kp-other-1.0 kp-tool-2.0',
  },
  {
    name: 'a group is removed, by its title too',
    given: have('@kp-group'),
    args: { name: '@The group', state: 'absent' },
    after: '',
  },
  {
    name: 'installroot is another root',
    given: 'mkdir -p /root/kp-root; rpm --root /root/kp-root --initdb',
    args: { name: 'kp-tool', installroot: '/root/kp-root', releasever: '9' },
    proof: `rpm --root /root/kp-root -q kp-tool; ${installed}`,
    after: 'kp-tool-2.0-1.noarch\n',
  },
  {
    name: 'conf_file is another configuration',
    given: `printf '[main]\\nreposdir=/none\\n[one]\\nname=one\\nbaseurl=file:///srv/rpm/extra\\ngpgcheck=0\\n' >/root/kp-root.conf`,
    args: { name: 'kp-tool', conf_file: '/root/kp-root.conf' },
    after: 'kp-tool-3.0',
  },
  {
    name: 'download_only installs nothing',
    args: { name: 'kp-tool', download_only: true, download_dir: '/root/kp-root' },
    again: 'changed',
    proof: `ls /root/kp-root; ${installed}`,
    after: 'kp-tool-2.0-1.noarch.rpm\n',
  },
  {
    name: 'the package lists are renewed, which is no change',
    args: { update_cache: true },
    status: 'ok',
    given: 'rm -rf /var/cache/dnf/*',
    proof: 'ls /var/cache/dnf | grep tools.solv',
    after: 'tools.solv',
  },
  {
    name: 'with gpgcheck what is signed by no trusted key is refused',
    args: { enablerepo: 'signed', name: 'kp-signed' },
    status: 'failed',
    check: 'changed',
    msg: 'GPG',
    after: '',
  },
  {
    name: 'disable_gpg_check installs it all the same',
    args: { enablerepo: 'signed', name: 'kp-signed', disable_gpg_check: true },
    after: 'kp-signed-1.0',
  },
  {
    name: 'with gpgcheck and the key imported what is signed is installed',
    given: 'rpm --import /srv/rpm/key.asc',
    args: { enablerepo: 'signed', name: 'kp-signed' },
    after: 'kp-signed-1.0',
  },
  {
    name: 'with gpgcheck what somebody else has signed is refused',
    given: 'rpm --import /srv/rpm/key.asc',
    args: { enablerepo: 'signed', name: 'kp-forged' },
    status: 'failed',
    check: 'changed',
    after: '',
  },
  { name: 'package takes dnf where there is no apt', task: 'package', args: { name: 'kp-tool' }, after: 'kp-tool-2.0' },
  {
    name: 'package removes',
    task: 'package',
    given: have('kp-tool'),
    args: { name: 'kp-tool', state: 'absent' },
    after: '',
  },
  {
    name: 'package upgrades',
    task: 'package',
    given: have('kp-tool-1.0'),
    args: { name: 'kp-tool', state: 'latest' },
    after: 'kp-tool-2.0',
  },
];

/** The proof of one sentence: foretold without a trace, done, shown, and not done again. */
async function prove(sentence: Sentence): Promise<void> {
  const { task = 'dnf', args, given, status = 'changed', proof = installed } = sentence;
  begin(given);
  const before = traces();
  const foretold = await host.foresee(task, args);
  expect(traces()).toBe(before);
  expect([foretold.status, foretold.result]).toEqual([sentence.check ?? status, expect.anything()]);
  const run = await host.run(task, args);
  expect([run.status, run.result]).toEqual([status, expect.anything()]);
  if (sentence.msg !== undefined) expect(JSON.stringify(run.result)).toContain(sentence.msg);
  expect(host.ssh(proof).trimEnd()).toBe(sentence.after.trimEnd());
  const second = await host.run(task, args);
  const settled = sentence.again ?? (status === 'failed' ? 'failed' : 'ok');
  expect([second.status, second.result]).toEqual([settled, expect.anything()]);
}

describe('dnf on a real host', () => {
  test.each(sentences.map((sentence) => [sentence.name, sentence] as const))('%s', (_name, sentence) =>
    prove(sentence),
  );
});
