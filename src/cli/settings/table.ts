import { parseBoolean } from '../../values/index.js';

/** What becomes of a setting of Ansible. */
export type Treatment =
  | { kind: 'applied' }
  /** Without influence on what hosts come to. */
  | { kind: 'harmless'; why: string }
  /** Would change results: refused unless the value means what is done anyway. */
  | { kind: 'refused'; why: string; unless(value: string): boolean };

export interface Setting {
  name: string;
  env: readonly string[];
  /** `section.key`; the later one wins. */
  ini: readonly string[];
  about: string;
  treatment: Treatment;
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

type Place = [name: string, env: string, ini: string, about: string];

const make = ([name, env, ini, about]: Place, treatment: Treatment): Setting => ({
  name,
  env: words(env),
  ini: words(ini),
  about,
  treatment,
});

const applied = (...place: Place): Setting => make(place, { kind: 'applied' });
const harmless = (name: string, env: string, ini: string, why: string): Setting =>
  make([name, env, ini, why], { kind: 'harmless', why });
const refused = (place: Place, why: string, unless: (value: string) => boolean): Setting =>
  make(place, { kind: 'refused', why, unless });

const isOff = (value: string): boolean => parseBoolean(value) === false || value === '';
const isOn = (value: string): boolean => parseBoolean(value) === true;
const isEmpty = (value: string): boolean => value.trim() === '';
const isOneOf =
  (...known: string[]) =>
  (value: string): boolean =>
    known.includes(value.trim().toLowerCase());

const noPython = 'plugins of this kind are not run; what they would bring is missed by name where it is used';
const ownConnection = 'kprov keeps one connection per host and its own way over it';
const onlyDisplay = 'it concerns the display only';
const onlyGalaxy = 'roles are installed from paths and git only';

const plugins = (kind: string, env: string, ini = `defaults.${kind}`): Setting => harmless(kind, env, ini, noPython);

/** Settings of ansible.cfg and the environment, as of ansible-core 2.14 to 2.17. */
export const settings: readonly Setting[] = [
  applied('inventory', 'ANSIBLE_INVENTORY', 'defaults.hostfile defaults.inventory', 'where -i is not given'),
  applied('forks', 'ANSIBLE_FORKS', 'defaults.forks', 'as --forks; otherwise all hosts at once'),
  applied('remote_user', 'ANSIBLE_REMOTE_USER', 'defaults.remote_user', 'as --user'),
  applied('remote_port', 'ANSIBLE_REMOTE_PORT', 'defaults.remote_port', 'where no ansible_port is set'),
  applied('private_key_file', 'ANSIBLE_PRIVATE_KEY_FILE', 'defaults.private_key_file', 'as --private-key'),
  applied(
    'host_key_checking',
    'ANSIBLE_HOST_KEY_CHECKING ANSIBLE_SSH_HOST_KEY_CHECKING',
    'defaults.host_key_checking ssh_connection.host_key_checking',
    'no: as --host-key-checking off',
  ),
  applied('timeout', 'ANSIBLE_TIMEOUT ANSIBLE_SSH_TIMEOUT', 'defaults.timeout ssh_connection.timeout', 'as --timeout'),
  applied('transport', 'ANSIBLE_TRANSPORT', 'defaults.transport', 'as --connection: ssh, smart, paramiko, local'),
  applied('ask_pass', 'ANSIBLE_ASK_PASS', 'defaults.ask_pass', 'as --ask-pass'),
  applied(
    'connection_password_file',
    'ANSIBLE_CONNECTION_PASSWORD_FILE',
    'defaults.connection_password_file',
    'as --connection-password-file',
  ),
  applied('ssh_args', 'ANSIBLE_SSH_ARGS', 'ssh_connection.ssh_args', 'options of ssh; multiplexing has no effect'),
  applied('ssh_common_args', 'ANSIBLE_SSH_COMMON_ARGS', 'ssh_connection.ssh_common_args', 'as --ssh-common-args'),
  applied('ssh_extra_args', 'ANSIBLE_SSH_EXTRA_ARGS', 'ssh_connection.ssh_extra_args', 'as --ssh-extra-args'),
  applied('become', 'ANSIBLE_BECOME', 'privilege_escalation.become', 'as --become'),
  applied(
    'become_user',
    'ANSIBLE_BECOME_USER ANSIBLE_SUDO_USER ANSIBLE_SU_USER',
    'privilege_escalation.become_user sudo_become_plugin.user su_become_plugin.user',
    'as --become-user',
  ),
  applied(
    'become_exe',
    'ANSIBLE_BECOME_EXE ANSIBLE_SUDO_EXE ANSIBLE_SU_EXE',
    'privilege_escalation.become_exe sudo_become_plugin.executable su_become_plugin.executable',
    'the program that changes the user, where the play names none',
  ),
  applied(
    'become_flags',
    'ANSIBLE_BECOME_FLAGS ANSIBLE_SUDO_FLAGS ANSIBLE_SU_FLAGS',
    'privilege_escalation.become_flags sudo_become_plugin.flags su_become_plugin.flags',
    'its options, where the play names none',
  ),
  applied('become_method', 'ANSIBLE_BECOME_METHOD', 'privilege_escalation.become_method', 'as --become-method'),
  applied('become_ask_pass', 'ANSIBLE_BECOME_ASK_PASS', 'privilege_escalation.become_ask_pass', 'as --ask-become-pass'),
  applied(
    'become_password_file',
    'ANSIBLE_BECOME_PASSWORD_FILE',
    'defaults.become_password_file',
    'as --become-password-file',
  ),
  applied(
    'become_pass',
    'ANSIBLE_BECOME_PASS ANSIBLE_SUDO_PASS ANSIBLE_SU_PASS',
    'sudo_become_plugin.password su_become_plugin.password',
    'the password of sudo where nothing else gives one',
  ),
  applied('library', 'ANSIBLE_LIBRARY', 'defaults.library', 'folders of modules of your own, with : between'),
  applied(
    'module_utils',
    'ANSIBLE_MODULE_UTILS',
    'defaults.module_utils',
    'read by the Ansible that packs modules in Python',
  ),
  applied('filter_plugins', 'ANSIBLE_FILTER_PLUGINS', 'defaults.filter_plugins', 'folders of filters of your own'),
  applied('test_plugins', 'ANSIBLE_TEST_PLUGINS', 'defaults.test_plugins', 'folders of tests of your own'),
  applied('lookup_plugins', 'ANSIBLE_LOOKUP_PLUGINS', 'defaults.lookup_plugins', 'folders of lookups of your own'),
  applied('roles_path', 'ANSIBLE_ROLES_PATH', 'defaults.roles_path', 'directories of roles, with : between'),
  applied(
    'gathering',
    'ANSIBLE_GATHERING',
    'defaults.gathering',
    'explicit: only where gather_facts says so; smart: only where there are no facts yet',
  ),
  applied(
    'fact_caching',
    'ANSIBLE_CACHE_PLUGIN',
    'defaults.fact_caching',
    'memory, jsonfile or yaml: where facts are kept for later runs',
  ),
  applied(
    'fact_caching_connection',
    'ANSIBLE_CACHE_PLUGIN_CONNECTION',
    'defaults.fact_caching_connection',
    'the directory for jsonfile and yaml, a file a host',
  ),
  applied(
    'fact_caching_prefix',
    'ANSIBLE_CACHE_PLUGIN_PREFIX',
    'defaults.fact_caching_prefix',
    'in front of the names of these files',
  ),
  applied(
    'fact_caching_timeout',
    'ANSIBLE_CACHE_PLUGIN_TIMEOUT',
    'defaults.fact_caching_timeout',
    'seconds that kept facts count; default a day, 0: for ever',
  ),
  applied('ansible_managed', '', 'defaults.ansible_managed', 'what {{ ansible_managed }} says in templates'),
  applied('gather_subset', 'ANSIBLE_GATHER_SUBSET', 'defaults.gather_subset', 'where a play says nothing'),
  applied('gather_timeout', 'ANSIBLE_GATHER_TIMEOUT', 'defaults.gather_timeout', 'where a play says nothing'),
  applied('fact_path', 'ANSIBLE_FACT_PATH', 'defaults.fact_path', 'where a play says nothing'),
  applied('force_handlers', 'ANSIBLE_FORCE_HANDLERS', 'defaults.force_handlers', 'as --force-handlers'),
  applied(
    'error_on_missing_handler',
    'ANSIBLE_ERROR_ON_MISSING_HANDLER',
    'defaults.error_on_missing_handler',
    'no: a change that notifies a handler which is not there is warned of only',
  ),
  applied('any_errors_fatal', 'ANSIBLE_ANY_ERRORS_FATAL', 'defaults.any_errors_fatal', 'where nothing is said'),
  applied('no_log', 'ANSIBLE_NO_LOG', 'defaults.no_log', 'where nothing is said'),
  applied('task_timeout', 'ANSIBLE_TASK_TIMEOUT', 'defaults.task_timeout', 'seconds; 0: none'),
  applied('strategy', 'ANSIBLE_STRATEGY', 'defaults.strategy', 'linear or free, where a play says nothing'),
  applied('run_tags', 'ANSIBLE_RUN_TAGS', 'tags.run', 'as --tags'),
  applied('skip_tags', 'ANSIBLE_SKIP_TAGS', 'tags.skip', 'as --skip-tags'),
  applied('diff_always', 'ANSIBLE_DIFF_ALWAYS', 'diff.always', 'as --diff'),
  applied('verbosity', 'ANSIBLE_VERBOSITY', 'defaults.verbosity', 'as so many -v'),
  applied('nocolor', 'ANSIBLE_NOCOLOR', 'defaults.nocolor', 'no colours'),
  applied('force_color', 'ANSIBLE_FORCE_COLOR', 'defaults.force_color', 'colours without a terminal'),
  applied(
    'deprecation_warnings',
    'ANSIBLE_DEPRECATION_WARNINGS',
    'defaults.deprecation_warnings',
    'no: none are shown',
  ),
  applied('ask_vault_pass', 'ANSIBLE_ASK_VAULT_PASS', 'defaults.ask_vault_pass', 'as --ask-vault-pass'),
  applied(
    'vault_password_file',
    'ANSIBLE_VAULT_PASSWORD_FILE',
    'defaults.vault_password_file',
    'as --vault-password-file',
  ),
  applied('vault_identity', 'ANSIBLE_VAULT_IDENTITY', 'defaults.vault_identity', 'the id of a password without one'),
  applied(
    'vault_identity_list',
    'ANSIBLE_VAULT_IDENTITY_LIST',
    'defaults.vault_identity_list',
    'as --vault-id, with commas between',
  ),
  applied(
    'vault_encrypt_identity',
    'ANSIBLE_VAULT_ENCRYPT_IDENTITY',
    'defaults.vault_encrypt_identity',
    'as --encrypt-vault-id',
  ),
  applied('vault_id_match', 'ANSIBLE_VAULT_ID_MATCH', 'defaults.vault_id_match', 'only the password of the same id'),

  applied(
    'hash_behaviour',
    'ANSIBLE_HASH_BEHAVIOUR',
    'defaults.hash_behaviour',
    'merge: mappings of variables of one name are merged across all levels; default replace',
  ),
  applied(
    'jinja2_native',
    'ANSIBLE_JINJA2_NATIVE',
    'defaults.jinja2_native',
    'yes: nothing stays nothing, texts that read as numbers become numbers, set_fact leaves yes and no texts',
  ),
  refused(
    ['jinja2_extensions', 'ANSIBLE_JINJA2_EXTENSIONS', 'defaults.jinja2_extensions', 'do and loop controls are there'],
    'extensions of Jinja2 are Python',
    (value) => value.split(',').every((name) => isEmpty(name) || isOneOf('jinja2.ext.do')(name)),
  ),
  refused(
    ['dont_type_filters', 'ANSIBLE_STRING_TYPE_FILTERS', 'jinja2.dont_type_filters', 'the default'],
    'which filters give text is fixed',
    isEmpty,
  ),
  refused(
    ['null_representation', 'ANSIBLE_NULL_REPRESENTATION', 'defaults.null_representation', 'the default'],
    'what null is in templates is fixed',
    isEmpty,
  ),
  refused(
    ['error_on_undefined_vars', 'ANSIBLE_ERROR_ON_UNDEFINED_VARS', 'defaults.error_on_undefined_vars', 'yes'],
    'an undefined variable is always an error',
    isOn,
  ),
  refused(
    ['allow_unsafe_lookups', '', 'defaults.allow_unsafe_lookups', 'no'],
    'what a lookup brings is data and is never expanded',
    isOff,
  ),
  refused(
    ['private_role_vars', 'ANSIBLE_PRIVATE_ROLE_VARS', 'defaults.private_role_vars', 'no'],
    'all tasks of a play see the variables of its roles',
    isOff,
  ),
  refused(
    ['precedence', 'ANSIBLE_PRECEDENCE', 'defaults.precedence', 'the default'],
    'the precedence of variables is fixed',
    isEmpty,
  ),
  refused(
    ['playbook_vars_root', 'ANSIBLE_PLAYBOOK_VARS_ROOT', 'defaults.playbook_vars_root', 'top'],
    'group_vars and host_vars are read beside the playbook itself',
    isOneOf('top'),
  ),
  refused(
    ['vars_plugins_enabled', 'ANSIBLE_VARS_ENABLED', 'defaults.vars_plugins_enabled', 'host_group_vars'],
    'plugins of variables are Python',
    isOneOf('host_group_vars', 'ansible.builtin.host_group_vars'),
  ),
  refused(
    ['vars_plugins', 'ANSIBLE_VARS_PLUGINS', 'defaults.vars_plugins', 'none'],
    'plugins of variables are Python',
    isEmpty,
  ),
  refused(
    [
      'ignore_extensions',
      'ANSIBLE_INVENTORY_IGNORE',
      'defaults.inventory_ignore_extensions inventory.ignore_extensions',
      'the default',
    ],
    'which files of an inventory directory are read is fixed',
    isEmpty,
  ),
  refused(
    [
      'ignore_patterns',
      'ANSIBLE_INVENTORY_IGNORE_REGEX',
      'defaults.inventory_ignore_patterns inventory.ignore_patterns',
      'the default',
    ],
    'which files of an inventory directory are read is fixed',
    isEmpty,
  ),
  refused(
    ['yaml_valid_extensions', 'ANSIBLE_YAML_FILENAME_EXT', 'defaults.yaml_valid_extensions', '.yml, .yaml, .json'],
    'which names files of variables may have is fixed',
    (value) =>
      value
        .split(',')
        .map((e) => e.trim())
        .sort()
        .join() === '.json,.yaml,.yml',
  ),
  applied(
    'force_valid_group_names',
    'ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS',
    'defaults.force_valid_group_names',
    'whether names of groups get underscores for what no variable may have in its name; otherwise not',
  ),
  refused(
    ['host_pattern_mismatch', 'ANSIBLE_HOST_PATTERN_MISMATCH', 'inventory.host_pattern_mismatch', 'warning or ignore'],
    'a pattern without hosts is a warning',
    isOneOf('warning', 'ignore'),
  ),
  refused(
    ['enable_task_debugger', 'ANSIBLE_ENABLE_TASK_DEBUGGER', 'defaults.enable_task_debugger', 'no'],
    'there is no interactive task debugger',
    isOff,
  ),
  refused(
    ['ssh_executable', 'ANSIBLE_SSH_EXECUTABLE', 'ssh_connection.ssh_executable', 'ssh'],
    'kprov speaks ssh itself and calls no program for it',
    (value) => /(?:^|\/)ssh$/.test(value),
  ),
  refused(
    ['pkcs11_provider', 'ANSIBLE_PKCS11_PROVIDER', 'ssh_connection.pkcs11_provider', 'none'],
    'keys on cards are reached by way of an ssh agent',
    isEmpty,
  ),

  refused(['su', 'ANSIBLE_SU', 'defaults.su', 'no'], 'it was for Ansible 1; use become and become_method = su', isOff),

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
  harmless(
    'executable',
    'ANSIBLE_EXECUTABLE',
    'defaults.executable',
    'programs run in /bin/sh; see `executable` of shell',
  ),
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
  harmless('facts_modules', 'ANSIBLE_FACTS_MODULES', 'defaults.facts_modules', 'facts are gathered by setup'),
  harmless(
    'inject_facts_as_vars',
    'ANSIBLE_INJECT_FACT_VARS',
    'defaults.inject_facts_as_vars',
    'facts are there under both names',
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
  applied(
    'duplicate_dict_key',
    'ANSIBLE_DUPLICATE_YAML_DICT_KEY',
    'defaults.duplicate_dict_key',
    'what a key given twice in a YAML file is; otherwise an error, with kprov playbook a warning',
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
  harmless(
    'task_debugger_ignore_errors',
    'ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS',
    'defaults.task_debugger_ignore_errors',
    'there is no task debugger',
  ),
  harmless('playbook_dir', 'ANSIBLE_PLAYBOOK_DIR', 'defaults.playbook_dir', 'playbooks know where they are'),
  harmless('module_name', '', 'defaults.module_name', 'there are no ad-hoc modules'),
  harmless('module_args', 'ANSIBLE_MODULE_ARGS', 'defaults.module_args', 'there are no ad-hoc modules'),
  harmless(
    'retry_files',
    'ANSIBLE_RETRY_FILES_ENABLED ANSIBLE_RETRY_FILES_SAVE_PATH',
    'defaults.retry_files_enabled defaults.retry_files_save_path',
    'what is left is said at the end; no file is written',
  ),
  applied(
    'log_path',
    'ANSIBLE_LOG_PATH',
    'defaults.log_path',
    'file that what plain output says is appended to, each message with the time, process and user',
  ),
  harmless('log_filter', 'ANSIBLE_LOG_FILTER', 'defaults.log_filter', 'all that is logged is one program'),

  harmless('stdout_callback', 'ANSIBLE_STDOUT_CALLBACK', 'defaults.stdout_callback', 'see --output'),
  harmless(
    'callbacks_enabled',
    'ANSIBLE_CALLBACK_WHITELIST ANSIBLE_CALLBACKS_ENABLED',
    'defaults.callback_whitelist defaults.callbacks_enabled',
    onlyDisplay,
  ),
  harmless('bin_ansible_callbacks', 'ANSIBLE_LOAD_CALLBACK_PLUGINS', 'defaults.bin_ansible_callbacks', onlyDisplay),
  applied(
    'display_skipped_hosts',
    'ANSIBLE_DISPLAY_SKIPPED_HOSTS',
    'defaults.display_skipped_hosts',
    'no: skipped tasks are not shown; for plain output, as the following',
  ),
  applied(
    'display_ok_hosts',
    'ANSIBLE_DISPLAY_OK_HOSTS',
    'defaults.display_ok_hosts',
    'no: what is ok and unchanged is not shown',
  ),
  applied(
    'display_failed_stderr',
    'ANSIBLE_DISPLAY_FAILED_STDERR',
    'defaults.display_failed_stderr',
    'yes: failures go to standard error',
  ),
  applied(
    'display_args_to_stdout',
    'ANSIBLE_DISPLAY_ARGS_TO_STDOUT',
    'defaults.display_args_to_stdout',
    'yes: headings of tasks have the arguments as they are written, unless under no_log',
  ),
  harmless('show_custom_stats', 'ANSIBLE_SHOW_CUSTOM_STATS', 'defaults.show_custom_stats', onlyDisplay),
  applied(
    'show_per_host_start',
    'ANSIBLE_SHOW_PER_HOST_START',
    'defaults.show_per_host_start',
    'yes: a line where a task begins on a host',
  ),
  applied(
    'check_mode_markers',
    'ANSIBLE_CHECK_MODE_MARKERS',
    'defaults.check_mode_markers',
    'yes: headings of a dry run say that it is one',
  ),
  harmless(
    'show_task_path_on_failure',
    'ANSIBLE_SHOW_TASK_PATH_ON_FAILURE',
    'defaults.show_task_path_on_failure',
    'the place of a failed task is always shown',
  ),
  harmless('result_format', 'ANSIBLE_CALLBACK_RESULT_FORMAT', 'defaults.callback_result_format', onlyDisplay),
  harmless('pretty_results', 'ANSIBLE_CALLBACK_FORMAT_PRETTY', 'defaults.callback_format_pretty', onlyDisplay),
  harmless('diff_context', 'ANSIBLE_DIFF_CONTEXT', 'diff.context', onlyDisplay),
  harmless('max_diff_size', 'ANSIBLE_MAX_DIFF_SIZE', 'defaults.max_diff_size', onlyDisplay),
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
  harmless('verbose_to_stderr', 'ANSIBLE_VERBOSE_TO_STDERR', 'defaults.verbose_to_stderr', onlyDisplay),
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
