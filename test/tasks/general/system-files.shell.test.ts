import { authorizedKey } from '../../../src/tasks/general/authorized-key.js';
import { cron } from '../../../src/tasks/general/cron.js';
import { mount } from '../../../src/tasks/general/mount.js';
import { sysctl } from '../../../src/tasks/general/sysctl.js';
import { proveTaskCases } from '../../support/task-cases.js';

const conf = { sysctl_file: '{dir}/s.conf', reload: false };

proveTaskCases(sysctl, [
  {
    name: 'a missing file is made with the one line',
    args: { name: 'vm.swappiness', value: 10, ...conf },
    after: { 's.conf': 'vm.swappiness=10\n' },
    modes: { 's.conf': '0644' },
  },
  {
    name: 'an existing line is changed where it stands, comments and others stay',
    args: { name: 'vm.swappiness', value: '5', ...conf },
    files: { 's.conf': '# x = y\nvm.swappiness = 60\nnet.ipv4.ip_forward=1' },
    after: { 's.conf': '# x = y\nvm.swappiness=5\nnet.ipv4.ip_forward=1\n' },
    diff: {
      before: '# x = y\nvm.swappiness = 60\nnet.ipv4.ip_forward=1',
      after: '# x = y\nvm.swappiness=5\nnet.ipv4.ip_forward=1\n',
    },
  },
  {
    name: 'the same value with other spacing is no change',
    args: { name: 'net.ipv4.ip_local_port_range', value: '1024 65000', ...conf },
    files: { 's.conf': 'net.ipv4.ip_local_port_range =  1024\t65000\n' },
    status: 'ok',
  },
  {
    name: 'absent removes every line of the name',
    args: { name: 'a.b', state: 'absent', ...conf },
    files: { 's.conf': 'a.b=1\nc.d=2\n  a.b = 3\n' },
    after: { 's.conf': 'c.d=2\n' },
  },
  {
    name: 'a value of two lines is refused',
    args: { name: 'a.b', value: '1\n2', ...conf },
    status: 'failed',
    roundTrips: 0,
  },
]);

proveTaskCases(cron, [
  {
    name: 'a job is added under its label',
    args: { name: "it's me", job: `echo "$x" 'y' \\n > /dev/null`, minute: '5', cron_file: '{dir}/c' },
    after: { c: `#Ansible: it's me\n5 * * * * root echo "$x" 'y' \\n > /dev/null\n` },
    result: { jobs: ["it's me"], envs: [] },
  },
  {
    name: 'the line under the label is replaced, the rest stays',
    args: { name: 'a', job: 'new', special_time: 'daily', user: 'bin', cron_file: '{dir}/c' },
    files: { c: 'X="1"\n#Ansible: a\n* * * * * root old\n#Ansible: b\n1 1 * * * root b\n' },
    after: { c: 'X="1"\n#Ansible: a\n@daily bin new\n#Ansible: b\n1 1 * * * root b\n' },
    result: { jobs: ['a', 'b'], envs: ['X'] },
  },
  {
    name: 'a disabled job is a comment',
    args: { name: 'a', job: 'x', disabled: true, cron_file: '{dir}/c' },
    after: { c: '#Ansible: a\n#* * * * * root x\n' },
  },
  {
    name: 'a variable goes first',
    args: { name: 'PATH', job: '/bin', env: true, cron_file: '{dir}/c' },
    files: { c: '#Ansible: a\n* * * * * root x\n' },
    after: { c: 'PATH="/bin"\n#Ansible: a\n* * * * * root x\n' },
  },
  {
    name: 'a variable goes behind another one',
    args: { name: 'B', job: '2', env: true, insertafter: 'A', cron_file: '{dir}/c' },
    files: { c: '# c\nA="1"\nC="3"\n* * * * * root x\n' },
    after: { c: '# c\nA="1"\nB="2"\nC="3"\n* * * * * root x\n' },
  },
  {
    name: 'a variable goes before another one',
    args: { name: 'B', job: '2', env: true, insertbefore: 'C', cron_file: '{dir}/c' },
    files: { c: 'A="1"\nC = "3"\n' },
    after: { c: 'A="1"\nB="2"\nC = "3"\n' },
  },
  {
    name: 'a variable beside one that is not there',
    args: { name: 'B', job: '2', env: true, insertafter: 'Z', cron_file: '{dir}/c' },
    files: { c: 'A="1"\n' },
    status: 'failed',
    result: { msg: "Variable named 'Z' not found." },
  },
  {
    name: 'the file goes with its last entry',
    args: { name: 'a', state: 'absent', cron_file: '{dir}/c' },
    files: { c: '#Ansible: a\n* * * * * root x\n' },
    after: { c: undefined },
  },
  {
    name: 'an absent job of an absent file is fine',
    args: { name: 'a', state: 'absent', cron_file: '{dir}/c' },
    status: 'ok',
  },
]);

const table = { fstab: '{dir}/fstab', state: 'present' };

proveTaskCases(mount, [
  {
    name: 'an entry is added at the end, blanks escaped',
    args: { path: '/mnt/a b/', src: 'LABEL=x', fstype: 'ext4', opts: 'ro', ...table },
    files: { fstab: '# c\n/dev/sda1 / ext4 defaults 0 1' },
    after: { fstab: '# c\n/dev/sda1 / ext4 defaults 0 1\nLABEL=x /mnt/a\\040b ext4 ro 0 0\n' },
  },
  {
    name: 'an entry of the same place is replaced',
    args: { path: '/data', src: '/dev/b', fstype: 'xfs', ...table },
    files: { fstab: '/dev/a\t/data\text4\tdefaults\t0\t0\nproc /proc proc defaults 0 0\n' },
    after: { fstab: '/dev/b /data xfs defaults 0 0\nproc /proc proc defaults 0 0\n' },
  },
  {
    name: 'an equal entry with tabs and without the last two fields is left alone',
    args: { path: '/data', src: '/dev/a', fstype: 'ext4', ...table },
    files: { fstab: '/dev/a\t/data\text4   defaults\n' },
    status: 'ok',
  },
  {
    name: 'boot: no adds noauto',
    args: { path: '/data', src: '/dev/a', fstype: 'ext4', boot: false, ...table },
    after: { fstab: '/dev/a /data ext4 defaults,noauto 0 0\n' },
  },
]);

const key = { user: 'root', path: '{dir}/keys', manage_dir: false };

proveTaskCases(authorizedKey, [
  {
    name: 'keys are added to a new file that only its user reads',
    args: { key: 'ssh-ed25519 AAAA one\nssh-rsa BBBB two words\n', ...key },
    after: { keys: 'ssh-ed25519 AAAA one\nssh-rsa BBBB two words\n' },
    modes: { keys: '0600' },
  },
  {
    name: 'a key that is there with other options is changed in place',
    args: { key: 'ssh-ed25519 AAAA one', key_options: 'command="echo \\"hi\\" there",no-pty', ...key },
    files: { keys: { content: 'ssh-rsa BBBB\nno-pty ssh-ed25519 AAAA old\n', mode: 0o600 } },
    after: { keys: 'ssh-rsa BBBB\ncommand="echo \\"hi\\" there",no-pty ssh-ed25519 AAAA one\n' },
  },
  {
    name: 'exclusive removes all others',
    args: { key: 'ssh-ed25519 AAAA one', exclusive: true, ...key },
    files: { keys: { content: '# note\nssh-rsa BBBB\nssh-ed25519 AAAA one\n', mode: 0o600 } },
    after: { keys: '# note\nssh-ed25519 AAAA one\n' },
  },
  {
    name: 'absent removes it',
    args: { key: 'ssh-ed25519 AAAA', state: 'absent', ...key },
    files: { keys: { content: 'ssh-rsa BBBB\nssh-ed25519 AAAA one\n', mode: 0o600 } },
    after: { keys: 'ssh-rsa BBBB\n' },
  },
  { name: 'what is no key is refused', args: { key: 'hello', ...key }, status: 'failed', roundTrips: 0 },
]);
