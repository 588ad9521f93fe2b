import { Buffer } from 'node:buffer';
import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { editHere, interpretText } from './edit-text.js';
import { hostPath } from './host-path.js';
import { editKnownHosts, type KnownHostsEdit, keyProblem } from './known-hosts-edit.js';
import { asBytes } from './python-match.js';

const settled = { mode: undefined, owner: undefined, group: undefined, backup: false, validate: undefined };

export const knownHosts = defineTask({
  name: 'known_hosts',
  summary: 'Adds and removes keys of SSH servers in known_hosts.',
  description: 'Hashed names are understood. The directory of the file must be there.',
  parameters: {
    name: text('The server; with another port: [name]:port.', { required: true, aliases: ['host'] }),
    key: text('The line: the server, the type of the key, the key. Needed to add; to remove, none means all.'),
    path: path('The file.', { default: '~/.ssh/known_hosts' }),
    hash_host: flag('Whether the name of the server is hashed.', { default: false }),
    state: choice('Whether the key is there.', ['present', 'absent'], { default: 'present' }),
  },
  returns: {
    name: 'the server',
    key: 'the key',
    path: 'the file',
    hash_host: 'as asked for',
    state: 'as asked for',
    diff: 'the text before and after',
  },
  example: `- known_hosts:
    name: git.example.com
    key: "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample"
    path: /etc/ssh/ssh_known_hosts`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const edit: KnownHostsEdit = { host: args.name, key: args.key, isHashed: args.hash_host, state: args.state };
    const msg = keyProblem(edit);
    if (msg !== undefined) return { status: 'failed', result: { msg } };
    const fields = {
      name: args.name,
      key: args.key ?? null,
      path: args.path,
      hash_host: args.hash_host,
      state: args.state,
    };
    const file = { path: args.path, target: hostPath(args.path), ...settled, fields };
    return editHere({ ...file, missing: args.state === 'absent' ? sh`return 0` : sh`` }, (bytes) => {
      const before = Buffer.from(bytes, 'latin1').toString('utf8');
      const made = editKnownHosts(before, edit);
      const after = made ?? before;
      // Ansible's module tells it whether a diff is wanted or not.
      const diff = { before, after, before_header: args.path, after_header: args.path };
      return { verdict: '', fields: { diff }, ...(made !== undefined && { text: asBytes(made) }) };
    });
  },
  interpret: (report, args) => {
    const fields = {
      name: args.name,
      key: args.key ?? null,
      path: args.path,
      hash_host: args.hash_host,
      state: args.state,
    };
    return interpretText(report, { path: args.path, ...settled, fields });
  },
});
