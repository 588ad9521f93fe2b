import { make, type Place, type Setting } from './setting.js';

const told = (place: Place, why: string, unless: (value: string) => boolean): Setting =>
  make(place, { kind: 'told', why, unless });

const names = (value: string): string[] =>
  value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Settings that people would miss on the screen or beside the playbook, where they ask for what is not there. */
export const toldSettings: readonly Setting[] = [
  told(
    ['stdout_callback', 'ANSIBLE_STDOUT_CALLBACK', 'defaults.stdout_callback', 'default, and yaml as result_format'],
    'results are shown in forms of its own, see --output',
    (value) => /^((ansible\.builtin\.)?default|(community\.general\.)?yaml)?$/.test(value.trim()),
  ),
  told(
    [
      'callbacks_enabled',
      'ANSIBLE_CALLBACK_WHITELIST ANSIBLE_CALLBACKS_ENABLED',
      'defaults.callback_whitelist defaults.callbacks_enabled',
      'profile_tasks, as --profile',
    ],
    'callback plugins are Python; profile_tasks alone is known',
    (value) => names(value).every(isProfile),
  ),
  told(
    ['max_diff_size', 'ANSIBLE_MAX_DIFF_SIZE', 'defaults.max_diff_size', '104448'],
    'of files over 104448 bytes no differences are shown',
    (value) => value.trim() === '104448',
  ),
  told(
    ['retry_files_enabled', 'ANSIBLE_RETRY_FILES_ENABLED', 'defaults.retry_files_enabled', 'no'],
    'no file is written: what is left is said at the end',
    (value) => /^(no|false|off|0|)$/i.test(value.trim()),
  ),
];

/** Does the name of a callback ask for what --profile shows? */
export const isProfile = (name: string): boolean => /^(ansible\.posix\.)?profile_tasks$/.test(name);
