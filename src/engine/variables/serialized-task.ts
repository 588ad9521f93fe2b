import type { Task } from '../../playbook/index.js';
import { type Mapping, mapping, type Value } from '../../values/index.js';

const keywords = {
  action: 'action',
  any_errors_fatal: 'anyErrorsFatal',
  args: 'args',
  async: 'async',
  become: 'become',
  become_exe: 'becomeExe',
  become_flags: 'becomeFlags',
  become_method: 'becomeMethod',
  become_user: 'becomeUser',
  changed_when: 'changedWhen',
  check_mode: 'checkMode',
  connection: 'connection',
  delay: 'delay',
  delegate_facts: 'delegateFacts',
  delegate_to: 'delegateTo',
  diff: 'diff',
  environment: 'environment',
  failed_when: 'failedWhen',
  ignore_errors: 'ignoreErrors',
  ignore_unreachable: 'ignoreUnreachable',
  name: 'name',
  no_log: 'noLog',
  notify: 'notify',
  poll: 'poll',
  port: 'port',
  register: 'register',
  remote_user: 'remoteUser',
  retries: 'retries',
  run_once: 'runOnce',
  tags: 'tags',
  throttle: 'throttle',
  timeout: 'timeout',
  until: 'until',
  when: 'when',
} as const satisfies Record<string, keyof Task>;

/** A task by its keywords, as `ansible_failed_task` shows it: what is not set is null. */
export function serialized(task: Task): Mapping {
  const shown = mapping();
  for (const [keyword, field] of Object.entries(keywords)) shown[keyword] = (task[field] as Value | undefined) ?? null;
  return shown;
}
