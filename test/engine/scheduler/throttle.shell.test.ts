import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

const hosts = ['h1', 'h2', 'h3', 'h4'];

/** Fails where more hosts than `places` are at it at the same time; a place is a folder that nobody else has made. */
const crowded = (places: number, name: string) =>
  `for n in ${Array.from({ length: places }, (_, n) => n).join(' ')}; do
     if mkdir "$PWD/${name}$n" 2>/dev/null; then sleep 0.2; rmdir "$PWD/${name}$n"; exit 0; fi
   done; exit 1`;

const run = (tasks: readonly unknown[]) =>
  runPlaybookFiles({
    files: {
      'hosts.ini': localHosts(hosts),
      'playbook.yml': JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }]),
    },
  });

const task = (places: number, throttle?: unknown, name = 'place') => ({
  shell: crowded(places, name),
  args: { chdir: '{{ playbook_dir }}/out' },
  ...(throttle !== undefined && { throttle }),
});

describe('throttle', () => {
  test('lets so many hosts at a task at the same time, and no more', async () => {
    const { recap } = await run([task(1, 1), task(2, '{{ 1 + 1 }}', 'seat')]);
    for (const host of hosts) expect(recap[host]).toMatchObject({ ok: 2, failed: 0 });
  });

  test('is what keeps them apart: without it they meet', async () => {
    const { recap } = await run([task(1)]);
    expect(hosts.filter((host) => recap[host]?.failed === 1)).not.toEqual([]);
  });

  test('holds for each turn of a loop, and a host that fails gives up its place', async () => {
    const turns = { ...task(1, 1), loop: [1, 2] };
    const fails = { shell: 'exit 3', throttle: 1, when: "inventory_hostname == 'h2'" };
    const { recap } = await run([fails, turns]);
    for (const host of hosts) expect(recap[host]?.failed).toBe(host === 'h2' ? 1 : 0);
  });

  test('that is no number fails the task', async () => {
    const { hosts: records } = await run([task(1, '{{ inventory_hostname }}')]);
    expect(records.h1?.[0]).toMatchObject({ status: 'failed' });
  });
});
