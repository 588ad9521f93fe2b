import { make, type Setting } from './setting.js';

const harmless = (name: string, env: string, ini: string, why: string): Setting =>
  make([name, env, ini, why], { kind: 'harmless', why });

const noPython = 'plugins of this kind are not run; what they would bring is missed by name where it is used';
const ownConnection = 'kprov keeps one connection per host and its own way over it';
const onlyDisplay = 'it concerns the display only';
const onlyGalaxy = 'roles are installed from paths and git only';

const plugins = (kind: string, env: string, ini = `defaults.${kind}`): Setting => harmless(kind, env, ini, noPython);

/** Settings without influence on what hosts come to. */
export const harmlessSettings: readonly Setting[] = [
  harmless('home', 'ANSIBLE_HOME', 'defaults.home', 'kprov keeps nothing there'),
  harmless(
    'pipelining',
    'ANSIBLE_PIPELINING ANSIBLE_SSH_PIPELINING',
    'defaults.pipelining connection.pipelining ssh_connection.pipelining',
    'tasks are always pipelined',
  ),
  harmless('control_path', 'ANSIBLE_SSH_CONTROL_PATH', 'ssh_connection.control_path', ownConnection),
  harmless('control_path_dir', 'ANSIBLE_SSH_CONTROL_PATH_DIR', 'ssh_connection.control_path_dir', ownConnection),
  harmless('transfer_method', 'ANSIBLE_SSH_TRANSFER_METHOD', 'ssh_connection.transfer_method', ownConnection),
  harmless('scp_if_ssh', 'ANSIBLE_SCP_IF_SSH', 'ssh_connection.scp_if_ssh', ownConnection),
  harmless('sftp_batch_mode', 'ANSIBLE_SFTP_BATCH_MODE', 'ssh_connection.sftp_batch_mode', ownConnection),
  harmless('sftp_extra_args', 'ANSIBLE_SFTP_EXTRA_ARGS', 'ssh_connection.sftp_extra_args', ownConnection),
  harmless('scp_extra_args', 'ANSIBLE_SCP_EXTRA_ARGS', 'ssh_connection.scp_extra_args', ownConnection),
  harmless('sftp_executable', 'ANSIBLE_SFTP_EXECUTABLE', 'ssh_connection.sftp_executable', ownConnection),
  harmless('scp_executable', 'ANSIBLE_SCP_EXECUTABLE', 'ssh_connection.scp_executable', ownConnection),
  harmless('retries', 'ANSIBLE_SSH_RETRIES', 'connection.retries ssh_connection.retries', ownConnection),
  harmless(
    'ansible_connection_path',
    'ANSIBLE_CONNECTION_PATH',
    'persistent_connection.ansible_connection_path',
    ownConnection,
  ),
  harmless(
    'win_async_startup_timeout',
    'ANSIBLE_WIN_ASYNC_STARTUP_TIMEOUT',
    'defaults.win_async_startup_timeout',
    'there is no Windows',
  ),
  harmless('usetty', 'ANSIBLE_SSH_USETTY', 'ssh_connection.usetty', ownConnection),
  harmless('sshpass_prompt', 'ANSIBLE_SSHPASS_PROMPT', 'ssh_connection.sshpass_prompt', ownConnection),
  harmless(
    'use_persistent_connections',
    'ANSIBLE_USE_PERSISTENT_CONNECTIONS',
    'defaults.use_persistent_connections',
    ownConnection,
  ),
  harmless(
    'host_key_auto_add',
    'ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD',
    'paramiko_connection.host_key_auto_add',
    ownConnection,
  ),
  harmless('look_for_keys', 'ANSIBLE_PARAMIKO_LOOK_FOR_KEYS', 'paramiko_connection.look_for_keys', ownConnection),
  harmless(
    'become_allow_same_user',
    'ANSIBLE_BECOME_ALLOW_SAME_USER',
    'privilege_escalation.become_allow_same_user',
    'whoever is that user already stays it',
  ),
  harmless(
    'agnostic_become_prompt',
    'ANSIBLE_AGNOSTIC_BECOME_PROMPT',
    'privilege_escalation.agnostic_become_prompt',
    onlyDisplay,
  ),
  harmless('interpreter_python', 'ANSIBLE_PYTHON_INTERPRETER', 'defaults.interpreter_python', 'no Python is used'),
  harmless(
    'python_module_rlimit_nofile',
    'ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE',
    'defaults.python_module_rlimit_nofile',
    'no Python is used',
  ),
  harmless('module_compression', '', 'defaults.module_compression', 'no Python is used'),
  harmless('keep_remote_files', 'ANSIBLE_KEEP_REMOTE_FILES', 'defaults.keep_remote_files', 'nothing is left on hosts'),
  harmless('remote_tmp', 'ANSIBLE_REMOTE_TEMP ANSIBLE_REMOTE_TMP', 'defaults.remote_tmp', 'nothing is left on hosts'),
  harmless('system_tmpdirs', 'ANSIBLE_SYSTEM_TMPDIRS', 'defaults.system_tmpdirs', 'nothing is left on hosts'),
  harmless('local_tmp', 'ANSIBLE_LOCAL_TEMP', 'defaults.local_tmp', 'nothing is kept there'),
  harmless(
    'allow_world_readable_tmpfiles',
    'ANSIBLE_SHELL_ALLOW_WORLD_READABLE_TEMP',
    'defaults.allow_world_readable_tmpfiles',
    'nothing is left on hosts',
  ),
  harmless('no_target_syslog', 'ANSIBLE_NO_TARGET_SYSLOG', 'defaults.no_target_syslog', 'hosts log nothing of it'),
  harmless('syslog_facility', 'ANSIBLE_SYSLOG_FACILITY', 'defaults.syslog_facility', 'hosts log nothing of it'),
  harmless(
    'special_context_filesystems',
    'ANSIBLE_SELINUX_SPECIAL_FS',
    'selinux.special_context_filesystems',
    'files keep their context',
  ),
  harmless(
    'libvirt_lxc_noseclabel',
    'ANSIBLE_LIBVIRT_LXC_NOSECLABEL',
    'selinux.libvirt_lxc_noseclabel',
    'there is no such connection',
  ),
  harmless('poll_interval', 'ANSIBLE_POLL_INTERVAL', 'defaults.poll_interval', 'only a matter of time'),
  harmless('internal_poll_interval', '', 'defaults.internal_poll_interval', 'only a matter of time'),
  harmless(
    'worker_shutdown',
    'ANSIBLE_WORKER_SHUTDOWN_POLL_COUNT ANSIBLE_WORKER_SHUTDOWN_POLL_DELAY',
    '',
    'only a matter of time',
  ),
  harmless(
    'enable_plugins',
    'ANSIBLE_INVENTORY_ENABLED',
    'inventory.enable_plugins',
    'an inventory of another kind is refused by name',
  ),
  harmless(
    'inventory_cache',
    'ANSIBLE_INVENTORY_CACHE ANSIBLE_INVENTORY_CACHE_PLUGIN ANSIBLE_INVENTORY_CACHE_CONNECTION ANSIBLE_INVENTORY_CACHE_PLUGIN_PREFIX ANSIBLE_INVENTORY_CACHE_TIMEOUT',
    'inventory.cache inventory.cache_plugin inventory.cache_connection inventory.cache_prefix inventory.cache_timeout',
    'inventories are read afresh',
  ),
  harmless('inventory_export', 'ANSIBLE_INVENTORY_EXPORT', 'inventory.export', onlyDisplay),
  harmless(
    'unparsed_is_failed',
    'ANSIBLE_INVENTORY_UNPARSED_FAILED ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED ANSIBLE_INVENTORY_UNPARSED_WARNING',
    'inventory.unparsed_is_failed inventory.any_unparsed_is_failed inventory.inventory_unparsed_warning',
    'an inventory that cannot be read is always an error',
  ),
  harmless(
    'run_vars_plugins',
    'ANSIBLE_RUN_VARS_PLUGINS',
    'defaults.run_vars_plugins',
    'variables are read when they are needed',
  ),
  harmless(
    'vars_plugin_stage',
    'ANSIBLE_VARS_PLUGIN_STAGE',
    'vars_host_group_vars.stage',
    'variables are read when they are needed',
  ),
  harmless(
    'invalid_task_attribute_failed',
    'ANSIBLE_INVALID_TASK_ATTRIBUTE_FAILED',
    'defaults.invalid_task_attribute_failed',
    'an unknown keyword is always an error',
  ),
  harmless(
    'string_conversion_action',
    'ANSIBLE_STRING_CONVERSION_ACTION',
    'defaults.string_conversion_action',
    'arguments have the types of their parameters',
  ),
  harmless('playbook_dir', 'ANSIBLE_PLAYBOOK_DIR', 'defaults.playbook_dir', 'playbooks know where they are'),
  harmless(
    'retry_files_save_path',
    'ANSIBLE_RETRY_FILES_SAVE_PATH',
    'defaults.retry_files_save_path',
    'what is left is said at the end; no file is written',
  ),
  harmless('log_filter', 'ANSIBLE_LOG_FILTER', 'defaults.log_filter', 'all that is logged is one program'),
  harmless('bin_ansible_callbacks', 'ANSIBLE_LOAD_CALLBACK_PLUGINS', 'defaults.bin_ansible_callbacks', onlyDisplay),
  harmless(
    'show_task_path_on_failure',
    'ANSIBLE_SHOW_TASK_PATH_ON_FAILURE',
    'defaults.show_task_path_on_failure',
    'the place of a failed task is always shown',
  ),
  harmless(
    'nocows',
    'ANSIBLE_NOCOWS ANSIBLE_COW_SELECTION ANSIBLE_COW_WHITELIST ANSIBLE_COW_ACCEPTLIST ANSIBLE_COW_PATH',
    'defaults.nocows defaults.cow_selection defaults.cow_whitelist defaults.cowsay_enabled_stencils defaults.cowpath',
    'there are no cows',
  ),
  harmless(
    'warnings',
    'ANSIBLE_SYSTEM_WARNINGS ANSIBLE_ACTION_WARNINGS ANSIBLE_COMMAND_WARNINGS ANSIBLE_LOCALHOST_WARNING ANSIBLE_DEVEL_WARNING ANSIBLE_JINJA2_NATIVE_WARNING',
    'defaults.system_warnings defaults.action_warnings defaults.command_warnings defaults.localhost_warning defaults.devel_warning defaults.jinja2_native_warning',
    onlyDisplay,
  ),
  harmless('verbose_to_stderr', 'ANSIBLE_VERBOSE_TO_STDERR', 'defaults.verbose_to_stderr', 'they go there in any case'),
  harmless('debug', 'ANSIBLE_DEBUG', 'defaults.debug', onlyDisplay),
  harmless('docsite_root_url', '', 'defaults.docsite_root_url', onlyDisplay),
  plugins('action_plugins', 'ANSIBLE_ACTION_PLUGINS'),
  plugins('become_plugins', 'ANSIBLE_BECOME_PLUGINS'),
  plugins('cache_plugins', 'ANSIBLE_CACHE_PLUGINS'),
  plugins('callback_plugins', 'ANSIBLE_CALLBACK_PLUGINS'),
  plugins('cliconf_plugins', 'ANSIBLE_CLICONF_PLUGINS'),
  plugins('connection_plugins', 'ANSIBLE_CONNECTION_PLUGINS'),
  plugins('doc_fragment_plugins', 'ANSIBLE_DOC_FRAGMENT_PLUGINS'),
  plugins('httpapi_plugins', 'ANSIBLE_HTTPAPI_PLUGINS'),
  plugins('inventory_plugins', 'ANSIBLE_INVENTORY_PLUGINS'),
  plugins('netconf_plugins', 'ANSIBLE_NETCONF_PLUGINS'),
  plugins('strategy_plugins', 'ANSIBLE_STRATEGY_PLUGINS'),
  plugins('terminal_plugins', 'ANSIBLE_TERMINAL_PLUGINS'),
  plugins(
    'collections_paths',
    'ANSIBLE_COLLECTIONS_PATHS ANSIBLE_COLLECTIONS_PATH ANSIBLE_COLLECTIONS_SCAN_SYS_PATH ANSIBLE_COLLECTIONS_ON_ANSIBLE_VERSION_MISMATCH',
    'defaults.collections_paths defaults.collections_path defaults.collections_scan_sys_path defaults.collections_on_ansible_version_mismatch',
  ),
  plugins('plugin_filters_cfg', '', 'defaults.plugin_filters_cfg'),
  plugins('module_ignore_exts', 'ANSIBLE_MODULE_IGNORE_EXTS'),
  plugins('old_plugin_cache_clear', 'ANSIBLE_OLD_PLUGIN_CACHE_CLEAR'),
  plugins('network_group_modules', 'ANSIBLE_NETWORK_GROUP_MODULES'),
  plugins('validate_action_group_metadata', 'ANSIBLE_VALIDATE_ACTION_GROUP_METADATA'),
];

/** Whole sections without influence, and why. */
export const harmlessSections: Readonly<Record<string, string>> = {
  colors: onlyDisplay,
  galaxy: onlyGalaxy,
  persistent_connection: ownConnection,
  netconf_connection: ownConnection,
};

/** The same by the beginning of a variable's name. */
export const harmlessVariables: readonly (readonly [prefix: string, why: string])[] = [
  ['ANSIBLE_COLOR_', onlyDisplay],
  ['ANSIBLE_GALAXY_', onlyGalaxy],
  ['ANSIBLE_PERSISTENT_', ownConnection],
  ['ANSIBLE_NETCONF_', ownConnection],
  ['ANSIBLE_WIN_', 'there is no Windows'],
];
