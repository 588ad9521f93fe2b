import { findTask, refusalOf, refusedModules, taskNames } from '../../src/tasks/index.js';

test.each([
  ['expect', /stdin/],
  ['ansible.builtin.expect', /stdin/],
  ['community.general.xml', /lxml/],
  ['kubernetes.core.k8s', /kubernetes_manifest/],
  ['k8s', /kubernetes_manifest/],
  ['community.docker.docker_container', /container_runtime/],
  ['ansible.windows.win_copy', /Windows/],
  ['win_copy', /Windows/],
])('%s is refused with the reason', (name, reason) => {
  expect(refusalOf(name)?.why).toMatch(reason);
});

test.each([
  'copy',
  'ansible.builtin.copy',
  'no_such_thing',
  'community.general.no_such_thing',
  '__proto__',
  'constructor',
])('%s is not refused: it is run, or not known', (name) => expect(refusalOf(name)).toBeUndefined());

test('nothing is both run and refused', () => {
  expect(taskNames().filter((name) => refusalOf(name) !== undefined)).toEqual([]);
  expect(refusedModules().filter(([name]) => findTask(name) !== undefined)).toEqual([]);
});

/** `ansible-doc -t module -l ansible.builtin` of ansible-core 2.14. */
const builtin =
  `add_host apt apt_key apt_repository assemble assert async_status blockinfile command copy cron debconf debug
  dnf dpkg_selections expect fail fetch file find gather_facts get_url getent git group group_by hostname import_playbook
  import_role import_tasks include_role include_tasks include_vars iptables known_hosts lineinfile meta package
  package_facts pause ping pip raw reboot replace rpm_key script service service_facts set_fact set_stats setup shell slurp
  stat subversion systemd systemd_service sysvinit tempfile template unarchive uri user validate_argument_spec wait_for
  wait_for_connection yum yum_repository`
    .split(/\s+/)
    .filter((name) => name !== '');

test.each(builtin)('ansible.builtin.%s is run, or refused by name', (name) => {
  const full = `ansible.builtin.${name}`;
  expect(findTask(full) !== undefined || refusalOf(full) !== undefined).toBe(true);
});
