import { joinScripts, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, integer, list, number, path, text } from '../parameters.js';
import { type Diff, defineTask, program, type Report } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';
import { sshKey } from './user-key.js';
import { absentUser, presentUser } from './user-script.js';

const parameters = {
  name: text('The user.', { required: true, aliases: ['user'] }),
  state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
  uid: integer('Its number.'),
  non_unique: flag('Whether another user may have the same number.', { default: false }),
  group: text('Its primary group.'),
  groups: list('Further groups it is in; an empty list takes it out of all.'),
  append: flag('Whether it stays in other groups too.', { default: false }),
  comment: text('The comment, usually a full name.'),
  home: path('Its home directory.'),
  create_home: flag('Whether the home directory is made where it is missing.', {
    default: true,
    aliases: ['createhome'],
  }),
  move_home: flag('Whether the files move along when `home` changes.', { default: false }),
  skeleton: path('Directory whose files a new home directory gets.'),
  shell: path('Its shell.'),
  system: flag('Whether a new one gets a number from the range of system users.', { default: false }),
  password: text('The hash of its password (`password_hash` filter), `!` or `*` for none.', { secret: true }),
  update_password: choice('Whether an existing password is replaced too.', ['always', 'on_create'], {
    default: 'always',
  }),
  password_lock: flag('Whether the password is locked.'),
  expires: number('When the account expires, in seconds since 1970; -1: never.'),
  password_expire_max: integer('Days after which the password has to be changed.'),
  password_expire_min: integer('Days before which it cannot be changed.'),
  password_expire_warn: integer('Days of warning before it has to be changed.'),
  password_expire_account_disable: integer('Days after it has expired until the account is closed.'),
  umask: text('Permissions that a new home directory does not get, octal.'),
  uid_min: integer('Smallest number that a new user may get.'),
  uid_max: integer('Largest number that a new user may get.'),
  seuser: text('SELinux user of a new one.'),
  remove: flag('Whether `state: absent` removes the home directory too.', { default: false }),
  force: flag('Whether `state: absent` removes a user that is logged in, and an SSH key is made anew.', {
    default: false,
  }),
  generate_ssh_key: flag('Whether the user gets an SSH key.', { default: false }),
  ssh_key_file: path('Its file, relative to the home directory; default .ssh/id_TYPE.'),
  ssh_key_type: choice('Its type.', ['rsa', 'ed25519', 'ecdsa', 'dsa'], { default: 'rsa' }),
  ssh_key_bits: integer('Its length; default as ssh-keygen has it.'),
  ssh_key_comment: text('Its comment.'),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

function expiry(seconds: number | undefined): { date: string; days: string } | undefined {
  if (seconds === undefined) return undefined;
  if (seconds < 0) return { date: '', days: '' };
  const days = Math.floor(seconds / 86400);
  return { date: new Date(days * 86_400_000).toISOString().slice(0, 10), days: String(days) };
}

function changes(report: Report, args: Arguments): Diff[] {
  if (report.status !== 'changed') return [];
  const header = `user ${args.name}`;
  if (args.state === 'absent') return settingsDiff(header, [['state', 'present', 'absent']]);
  if (report.text('created') !== undefined) return settingsDiff(header, [['state', 'absent', 'present']]);
  const setting = (name: string, after: string | number | undefined) =>
    [
      name,
      report.text(`before_${name}`),
      report.text(`before_${name}`) === undefined ? undefined : String(after),
    ] as const;
  return settingsDiff(header, [
    setting('uid', args.uid),
    setting('group', args.group),
    ['groups', report.text('before_groups')?.trim(), report.text('before_groups') && args.groups?.join(' ')],
    setting('comment', args.comment),
    setting('home', args.home),
    setting('shell', args.shell),
    setting('expires', expiry(args.expires)?.days),
    ['password', report.text('before_password') && 'OLD_PASSWORD', report.text('before_password') && 'NEW_PASSWORD'],
  ]);
}

function resultOf(report: Report, args: Arguments): Mapping {
  const [uid, gid, home, shell, comment] = (report.text('user') ?? '').split('\n');
  const known = uid !== undefined && gid !== undefined && uid !== '';
  const result: Mapping = { name: args.name, state: args.state };
  if (args.state === 'absent') return withFailure(report, { ...result, force: args.force, remove: args.remove });
  Object.assign(result, { append: args.append, move_home: args.move_home });
  if (known) Object.assign(result, { uid: Number(uid), group: Number(gid), home, shell, comment });
  if (args.password_expire_max !== undefined) result.password_expire_max = args.password_expire_max;
  if (args.password_expire_min !== undefined) result.password_expire_min = args.password_expire_min;
  if (args.groups !== undefined) result.groups = args.groups.join(',');
  if (args.password !== undefined) result.password = 'NOT_LOGGING_PASSWORD';
  if (report.text('created') !== undefined)
    Object.assign(result, { create_home: args.create_home, system: args.system });
  for (const field of ['ssh_key_file', 'ssh_public_key', 'ssh_fingerprint']) {
    const value = report.text(field);
    if (value !== undefined) result[field] = value;
  }
  return withFailure(report, result);
}

export const user = defineTask({
  name: 'user',
  summary: 'Makes, changes and removes users.',
  parameters,
  returns: {
    name: 'the user',
    uid: 'its number',
    group: 'the number of its primary group',
    home: 'its home directory',
    shell: 'its shell',
    comment: 'its comment',
    groups: 'the further groups that were asked for',
    append: 'as asked for; likewise move_home, and for a new user create_home and system',
    move_home: 'as asked for',
    create_home: 'as asked for',
    system: 'as asked for',
    remove: 'with state: absent, as asked for',
    force: 'with state: absent, as asked for',
    password_expire_max: 'as asked for',
    password_expire_min: 'as asked for',
    password: 'NOT_LOGGING_PASSWORD, where one was given',
    ssh_key_file: 'file of its key',
    ssh_public_key: 'its public key',
    ssh_fingerprint: "its key's fingerprint",
  },
  refusedParameters: {
    local: 'the commands of libuser are not called; where there is a directory service, its users count as there',
    ssh_key_passphrase: 'ssh-keygen takes it from a terminal, or from an argument that everybody can see',
    authorization: 'it is about Solaris',
    profile: 'it is about Solaris',
    role: 'it is about Solaris',
    hidden: 'it is about macOS',
    login_class: 'it is about BSD',
  },
  example: `- user:
    name: deploy
    groups: [sudo, docker]
    append: yes
    shell: /bin/bash
    password: "{{ deploy_password | password_hash('sha512') }}"`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.password !== undefined && /[:\n]/.test(args.password)) {
      return { status: 'failed', result: { msg: 'password must be a hash; it holds a colon or a newline' } };
    }
    if (args.state === 'absent') return program(absentUser(args.name, args.remove, args.force));
    return program(
      joinScripts([
        presentUser({
          name: args.name,
          uid: args.uid,
          nonUnique: args.non_unique,
          group: args.group,
          groups: args.groups?.filter((name) => name !== ''),
          append: args.append,
          comment: args.comment,
          home: args.home,
          createHome: args.create_home,
          moveHome: args.move_home,
          skeleton: args.skeleton,
          shell: args.shell,
          system: args.system,
          password: args.password,
          updatePassword: args.update_password,
          passwordLock: args.password_lock,
          expires: expiry(args.expires),
          aging: {
            min: args.password_expire_min,
            max: args.password_expire_max,
            warn: args.password_expire_warn,
            inactive: args.password_expire_account_disable,
          },
          umask: args.umask,
          uidMin: args.uid_min,
          uidMax: args.uid_max,
          seuser: args.seuser,
        }),
        args.generate_ssh_key &&
          sshKey({
            file: args.ssh_key_file,
            type: args.ssh_key_type,
            bits: args.ssh_key_bits,
            comment: args.ssh_key_comment,
            force: args.force,
          }),
        args.state === 'present' &&
          sh`kp_set user "$kp_uid$kp_nl$kp_gid$kp_nl$kp_home$kp_nl$kp_shell$kp_nl$kp_comment"`,
      ]),
      args.generate_ssh_key ? {} : { looks: [] },
    );
  },
  interpret: (report, args) => ({ result: resultOf(report, args), diff: changes(report, args) }),
});
