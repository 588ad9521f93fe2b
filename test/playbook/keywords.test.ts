import { keywords, keywordsOf, type Level } from '../../src/playbook/keywords.js';
import { loopControls } from '../../src/playbook/loop.js';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The attributes of ansible-core's classes Base, Conditional, Taggable, CollectionSearch (2.14 to 2.20). */
const base = words(`
  any_errors_fatal become become_exe become_flags become_method become_user check_mode collections connection debugger
  diff environment ignore_errors ignore_unreachable module_defaults name no_log port remote_user run_once tags throttle
  timeout vars`);
const delegatable = words('delegate_to delegate_facts when');

/** What ansible-core 2.14 takes where; nothing was added up to 2.20 but `break_when`. */
const ansible: Record<Level, string[]> = {
  play: [
    ...base,
    ...words(`hosts gather_facts gather_subset gather_timeout fact_path vars_files vars_prompt roles handlers pre_tasks
      post_tasks tasks force_handlers max_fail_percentage serial strategy order`),
  ],
  block: [...base, ...delegatable, ...words('notify block rescue always')],
  task: [
    ...base,
    ...delegatable,
    ...words(`action local_action args async changed_when delay failed_when loop loop_control notify poll register
      retries until`),
  ],
  handler: ['listen'],
  role: [...base, ...delegatable, 'role'],
};

/** What `ansible-doc -t keyword -l` lists beside them: of Ansible 2.3 and before. */
const removed = words('accelerate accelerate_ipv6 accelerate_port');

const cases = Object.entries(ansible).flatMap(([level, names]) => names.map((name) => [level as Level, name] as const));

test.each(cases)('of a %s: `%s` is known', (level, name) => {
  expect(keywordsOf(level).has(name)).toBe(true);
});

test.each(removed)('`%s` is known of a play', (name) => {
  expect(keywordsOf('play').get(name)?.refused).toBeDefined();
});

test('nothing is taken for a keyword that Ansible has not', () => {
  const known = new Set([...Object.values(ansible).flat(), ...removed]);
  expect(keywords.filter(({ name }) => !known.has(name))).toEqual([]);
});

test('what is refused has a reason', () => {
  const refused = keywords.filter((keyword) => keyword.refused !== undefined);
  expect(refused.map(({ name }) => name).sort()).toEqual([...removed]);
  for (const { refused: reason } of refused) expect(reason).toMatch(/\w+ \w+ \w+/);
});

test('loop_control is known in full', () => {
  expect([...loopControls].sort()).toEqual(
    words('break_when extended extended_allitems index_var label loop_var pause'),
  );
});
