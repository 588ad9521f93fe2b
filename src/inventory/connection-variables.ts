import { type Diagnostic, nearest, type Position } from '../errors/index.js';
import type { Value } from '../values/index.js';

/** Connection variables that kprov acts on. */
const effective = [
  'ansible_async_dir',
  'ansible_become',
  'ansible_become_exe',
  'ansible_become_flags',
  'ansible_become_method',
  'ansible_become_pass',
  'ansible_become_password',
  'ansible_become_user',
  'ansible_connection',
  'ansible_host',
  'ansible_host_key_checking',
  'ansible_password',
  'ansible_port',
  'ansible_private_key_file',
  'ansible_shell_executable',
  'ansible_ssh_args',
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_ssh_host',
  'ansible_ssh_host_key_checking',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ansible_ssh_port',
  'ansible_ssh_private_key_file',
  'ansible_ssh_timeout',
  'ansible_ssh_user',
  'ansible_su_exe',
  'ansible_su_flags',
  'ansible_su_pass',
  'ansible_su_user',
  'ansible_sudo_exe',
  'ansible_sudo_flags',
  'ansible_sudo_pass',
  'ansible_sudo_user',
  'ansible_timeout',
  'ansible_user',
] as const;

/** Names of ansible-core that steer its own machinery; inventories carry them, and here they change nothing. */
const inert = [
  'ansible_check_mode',
  'ansible_common_remote_group',
  'ansible_control_path',
  'ansible_control_path_dir',
  'ansible_diff_mode',
  'ansible_facts_modules',
  'ansible_facts_parallel',
  'ansible_group_priority',
  'ansible_interpreter_python_fallback',
  'ansible_module_compression',
  'ansible_no_target_syslog',
  'ansible_pipelining',
  'ansible_pkg_mgr',
  'ansible_python_module_rlimit_nofile',
  'ansible_remote_tmp',
  'ansible_scp_executable',
  'ansible_scp_extra_args',
  'ansible_scp_if_ssh',
  'ansible_service_mgr',
  'ansible_sftp_batch_mode',
  'ansible_sftp_executable',
  'ansible_sftp_extra_args',
  'ansible_shell_allow_world_readable_temp',
  'ansible_shell_type',
  'ansible_ssh_executable',
  'ansible_ssh_pipelining',
  'ansible_ssh_retries',
  'ansible_ssh_transfer_method',
  'ansible_ssh_use_tty',
  'ansible_sshpass_prompt',
  'ansible_system_tmpdirs',
] as const;

const known: ReadonlySet<string> = new Set([...effective, ...inert]);
const interpreter = /^ansible_\w+_interpreter$/;

/** Ways to reach a host that kprov has; the others that Ansible calls ssh are the same thing here. */
const connections = ['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh'];

const isTemplate = (value: Value): boolean => typeof value === 'string' && value.includes('{{');

function checkValue(name: string, value: Value, position: Position): Diagnostic | undefined {
  if (isTemplate(value)) return undefined;
  if (name === 'ansible_port' || name === 'ansible_ssh_port') {
    const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (value === null || value === '' || (Number.isInteger(port) && Number(port) >= 1 && Number(port) <= 65535)) {
      return undefined;
    }
    const message = `${name} is no port`;
    return { severity: 'error', code: 'bad-port', message, position, why: 'a port is a whole number from 1 to 65535' };
  }
  if (name !== 'ansible_connection' || (typeof value === 'string' && connections.includes(value))) return undefined;
  const shown = typeof value === 'string' ? `"${value}"` : 'this value';
  const better = typeof value === 'string' ? nearest(value, connections) : undefined;
  return {
    severity: 'error',
    code: 'unknown-connection',
    message: `ansible_connection cannot be ${shown}`,
    position,
    why: 'kprov reaches hosts with ssh, or runs on the control machine itself with local',
    ...(better === undefined ? {} : { fix: `did you mean "${better}"?` }),
  };
}

/** What is wrong with one written variable, as far as it is about reaching the host. */
export function checkConnectionVariable(name: string, value: Value, position: Position): Diagnostic[] {
  const wrong = checkValue(name, value, position);
  if (wrong !== undefined) return [wrong];
  if (!/^ansible_/i.test(name) || known.has(name) || interpreter.test(name)) return [];
  const better = nearest(name, known);
  return [
    {
      severity: 'warning',
      code: 'unknown-connection-variable',
      message: `unknown connection variable ${name.slice(0, 80)}`,
      position,
      why: 'names that begin with ansible_ belong to Ansible, and no connection variable has this one: it changes nothing',
      ...(better === undefined ? {} : { fix: `did you mean ${better}?` }),
    },
  ];
}
