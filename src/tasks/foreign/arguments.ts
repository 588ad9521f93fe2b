import { pythonText, writeJson } from '../../template/index.js';
import type { Mapping } from '../../values/index.js';
import { shellExecutable } from '../general/shell-executable.js';
import type { TaskContext } from '../task.js';
import type { ForeignModule } from './module.js';

/** File systems that SELinux treats specially: Ansible's default. */
const specialFileSystems = ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat'];

/** What Ansible hands to every module beside its own arguments. */
export function internals({ name, version, packed }: ForeignModule, context: TaskContext): Mapping {
  const all: Mapping = {
    _ansible_check_mode: context.checkMode,
    _ansible_no_log: context.noLog ?? false,
    _ansible_debug: false,
    _ansible_diff: context.diffMode,
    _ansible_verbosity: context.verbosity ?? 0,
    _ansible_version: version,
    _ansible_module_name: name,
    _ansible_syslog_facility: 'LOG_USER',
    _ansible_selinux_special_fs: [...specialFileSystems],
    _ansible_string_conversion_action: 'warn',
    _ansible_socket: null,
    _ansible_shell_executable: shellExecutable(context),
    _ansible_keep_remote_files: false,
    // Where a module makes its own temporary directory; a home need not be writable.
    _ansible_tmpdir: null,
    _ansible_remote_tmp: '/tmp',
    _ansible_ignore_unknown_opts: false,
    _ansible_target_log_info: null,
  };
  if (packed === undefined) return all;
  return Object.fromEntries(Object.entries(all).filter(([key]) => packed.internals.includes(key)));
}

const isPlain = /^[\w@%+=:,./-]+$/;

/** `key=value` words, quoted as Python's shlex does, a blank behind each. */
export const wordsText = (args: Mapping): string =>
  Object.entries(args)
    .map(([name, value]) => {
      const text = pythonText(value);
      return `${name}=${isPlain.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`} `;
    })
    .join('');

/** A text as a literal of Python, in single quotes; the text is JSON, and so plain ASCII. */
export const pythonLiteral = (json: string): string => `'${json.replace(/[\\']/g, '\\$&')}'`;

export const jsonText = (args: Mapping): string => writeJson(args);
