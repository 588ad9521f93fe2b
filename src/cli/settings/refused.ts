import { parseBoolean } from '../../values/index.js';
import { make, type Place, type Setting } from './setting.js';

const refused = (place: Place, why: string, unless: (value: string) => boolean): Setting =>
  make(place, { kind: 'refused', why, unless });

const isOff = (value: string): boolean => parseBoolean(value) === false || value === '';
const isOn = (value: string): boolean => parseBoolean(value) === true;
const isEmpty = (value: string): boolean => value.trim() === '';
const isOneOf =
  (...known: string[]) =>
  (value: string): boolean =>
    known.includes(value.trim().toLowerCase());

/** Settings that would change results. */
export const refusedSettings: readonly Setting[] = [
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
  refused(
    ['facts_modules', 'ANSIBLE_FACTS_MODULES', 'defaults.facts_modules', 'smart, setup'],
    'facts are gathered by setup; call other modules with tasks of their own',
    isOneOf('smart', 'setup', 'ansible.builtin.setup', 'ansible.legacy.setup'),
  ),
  refused(['su', 'ANSIBLE_SU', 'defaults.su', 'no'], 'it was for Ansible 1; use become and become_method = su', isOff),
];
