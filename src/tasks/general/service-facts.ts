import { sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { defineTask, program, type Report } from '../task.js';

type Services = Record<string, Mapping>;

const words = (line: string): string[] => line.trim().split(/\s+/);
const linesOf = (report: Report, field: string): string[] =>
  (report.text(field) ?? '').split('\n').filter((line) => line.trim() !== '');

const bad = ['not-found', 'masked', 'failed'];

function systemdServices(report: Report): Services {
  const services: Services = {};
  for (const line of linesOf(report, 'units')) {
    const fields = words(line);
    const [name = '', , active = 'unknown', sub] = fields;
    if (!name.endsWith('.service')) continue;
    const status = bad.find((state) => fields.includes(state)) ?? active;
    services[name] = { name, state: sub === 'running' ? 'running' : 'stopped', status, source: 'systemd' };
  }
  const states = (report.text('states') ?? '').split(/\n\n+/).map((block) => /^ActiveState=(.*)$/m.exec(block)?.[1]);
  const asked = linesOf(report, 'asked');
  for (const line of linesOf(report, 'files')) {
    const [name = '', status = ''] = words(line);
    if (!name.endsWith('.service')) continue;
    const known = services[name];
    if (known === undefined) {
      services[name] = { name, state: states[asked.indexOf(name)] ?? 'unknown', status, source: 'systemd' };
    } else if (!bad.includes(String(known.status))) known.status = status;
  }
  return services;
}

function initServices(report: Report): Services {
  const services: Services = {};
  for (const line of linesOf(report, 'sysv')) {
    const [, sign, name] = /^\s*\[ ([+-]) \]\s+(.+)$/.exec(line) ?? [];
    if (name !== undefined) services[name] = { name, state: sign === '+' ? 'running' : 'stopped', source: 'sysv' };
  }
  const levels = new Map(
    linesOf(report, 'levels').map((line) => {
      const [name = '', list = ''] = line.split('|');
      return [name.trim(), list.trim() === '' ? null : words(list)] as const;
    }),
  );
  for (const line of linesOf(report, 'openrc')) {
    const [name = '', state] = words(line.replace(/[[\]]/g, ''));
    if (state !== undefined && /^\s/.test(line)) {
      services[name] = { name, state, runlevels: levels.get(name) ?? null, source: 'openrc' };
    }
  }
  return services;
}

export const serviceFacts = defineTask({
  name: 'service_facts',
  summary: 'Reports the services of the host as the fact `services`.',
  description: 'Of systemd, of OpenRC and of scripts in /etc/init.d. One call lists everything.',
  parameters: {},
  returns: {
    ansible_facts:
      'services: by name, each with name, state (running, stopped, ...), status (enabled, disabled, ...) and source',
  },
  example: `- service_facts:

- debug: {msg: containerd is there}
  when: "'containerd.service' in ansible_facts.services"`,
  inCheckMode: 'predicts',
  compile: () =>
    program(sh`
if [ -d /run/systemd/system ]; then
  kp_set units "$(systemctl list-units --no-pager --no-legend --plain --full --type service --all 2>/dev/null)"
  kp_out=$(systemctl list-unit-files --no-pager --no-legend --full --type service 2>/dev/null)
  kp_set files "$kp_out"
  kp_names=$(printf '%s\n' "$kp_out" | sed -n 's/^\([^ @]*\(@[^ .][^ ]*\)*\.service\) .*/\1/p')
  kp_set asked "$kp_names"
  IFS=$kp_nl; set -f
  set -- $kp_names
  unset IFS; set +f
  [ $# = 0 ] || kp_set states "$(systemctl show --no-pager --property=ActiveState -- "$@" 2>/dev/null)"
fi
if command -v rc-status >/dev/null 2>&1; then
  kp_set openrc "$(rc-status -a -s -m 2>&1)"
  kp_set levels "$(rc-update show -v 2>&1)"
elif command -v service >/dev/null 2>&1 && ! command -v chkconfig >/dev/null 2>&1; then
  kp_set sysv "$(service --status-all 2>&1)"
fi`),
  interpret: (report) => ({
    result: { ansible_facts: { services: { ...initServices(report), ...systemdServices(report) } } },
  }),
});
