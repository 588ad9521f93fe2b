import { sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { flag, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';

const colons = new Set(['passwd', 'shadow', 'group', 'gshadow']);

export const getent = defineTask({
  name: 'getent',
  summary: "Reads entries of the host's databases: passwd, group, hosts and the like.",
  parameters: {
    database: text('The database.', { required: true }),
    key: text('The entry; default: all.'),
    service: text('Service of the name service switch to ask, instead of all that are configured.'),
    split: text('What separates the values of an entry; default: a colon for passwd, shadow, group and gshadow.'),
    fail_key: flag('Whether a missing entry is an error.', { default: true }),
  },
  returns: { ansible_facts: 'getent_DATABASE: the entries, each a list of values' },
  example: `- getent: {database: passwd, key: root}
- debug: {msg: "{{ ansible_facts.getent_passwd.root[4] }}"}`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(sh`
kp_out=$(getent ${args.service === undefined ? [] : ['-s', args.service]} ${args.database} ${
      args.key === undefined ? [] : [args.key]
    } 2>&1)
kp_code=$?
kp_set output "$kp_out"
case $kp_code in
0) return 0 ;;
1) kp_fail 'Missing arguments, or database unknown.' ;;
2)
  [ -n ${args.fail_key} ] || return 0
  kp_fail 'One or more supplied key could not be found in the database.' ;;
3) kp_fail 'Enumeration not supported on this database.' ;;
*) kp_fail "getent failed with exit code $kp_code: $kp_out" ;;
esac
return 1`),
  interpret: (report, args) => {
    if (report.status === 'failed') return { result: withFailure(report) };
    const split = args.split ?? (colons.has(args.database) ? ':' : undefined);
    const entries: Mapping = {};
    for (const line of (report.text('output') ?? '').split('\n')) {
      if (line === '') continue;
      const [key = '', ...values] = split === undefined ? line.trim().split(/\s+/) : line.split(split);
      entries[key] = values;
    }
    if (args.key !== undefined && Object.keys(entries).length === 0) entries[args.key] = null;
    return { result: { ansible_facts: { [`getent_${args.database}`]: entries } } };
  },
});
