import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure, makeProjects, on, resultsOf, watchMemory } from './support.js';

const play = (...tasks: string[]) =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.map((task) => `    - ${task}\n`).join('')}`;

describe('commands', () => {
  const projectOf = makeProjects();
  const hosts = [{ name: 'one', host: 'node2' }] as const;
  const clean = `rm -rf /root/faults-*; [ ! -e /usr/bin/timeout.faults ] || mv /usr/bin/timeout.faults /usr/bin/timeout; pkill -f 'sleep 6[0-9][0-9]'; true`;
  beforeEach(() => void on('node2', clean));
  afterEach(() => void on('node2', clean));

  const hung = play(
    '{name: hung, shell: "echo one; echo the last words; sleep 601", timeout: 3}',
    '{name: behind, copy: {dest: /root/faults-behind, content: x}}',
  );

  test('that hang are ended on the host at their deadline, with the last output and its age in the message', async () => {
    const { code, stdout } = await projectOf(hosts, hung).run(['--output', 'json']);
    const [first, ...rest] = resultsOf(stdout);
    expect({ code, rest, status: first?.status }).toEqual({ code: 2, rest: [], status: 'failed' });
    expect(first?.message).toMatch(
      /in the expected time frame \(3\) and was terminated; its last output, [2-9] s earlier: the last words/,
    );
    expect(on('node2', `pgrep -f 'sleep 601' || echo gone`)).toBe('gone\n');
    expect(on('node2', 'ls /root/faults-behind 2>/dev/null || true')).toBe('');
  });

  test('that hang on a host that does not end them are given up here, with the last output and its age', async () => {
    on('node2', 'mv /usr/bin/timeout /usr/bin/timeout.faults');
    const began = performance.now();
    const { code, stdout } = await projectOf(hosts, hung).run(['--output', 'json']);
    const [first] = resultsOf(stdout);
    expect({ code, status: first?.status }).toEqual({ code: 2, status: 'failed' });
    expect(first?.message).toMatch(
      /did not answer within the time of the task; its last output, \d+ s earlier: the last words/,
    );
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  test('that say nothing: the message says so', async () => {
    const { stdout } = await projectOf(hosts, play('{name: hung, shell: "sleep 602", timeout: 2}')).run([
      '--output',
      'json',
    ]);
    expect(resultsOf(stdout)[0]?.message).toMatch(/was terminated; it printed nothing in [2-9] s/);
  });

  test('that print bytes: none is lost in a register, a file that is fetched or slurped, and none is printed raw', async () => {
    on(
      'node2',
      'head -c 200000 /dev/urandom >/root/faults-bytes; head -c 20000 /dev/urandom | tr -d "\\000" | sed "s/$/x/" | head -c 15000 >/root/faults-some; printf x >>/root/faults-some',
    );
    const project = projectOf(
      hosts,
      play(
        '{name: read, command: "cat /root/faults-some", register: some}',
        '{name: written, copy: {content: "{{ some.stdout }}", dest: /root/faults-copy}}',
        '{name: shown, debug: {var: some}}',
        '{name: slurped, slurp: {src: /root/faults-bytes}, register: slurped}',
        '{name: same, assert: {that: "slurped.content | length == 266668"}}',
        '{name: fetched, fetch: {src: /root/faults-bytes, dest: ./got, flat: true}}',
      ),
    );
    const { code, stdout, stderr } = await project.run(['-vvv']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(on('node2', 'cmp /root/faults-some /root/faults-copy && echo same')).toBe('same\n');
    const sum = createHash('sha256')
      .update(readFileSync(join(project.directory, 'got')))
      .digest('hex');
    expect(on('node2', 'sha256sum </root/faults-bytes')).toBe(`${sum}  -\n`);
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffd]/);
  });

  test('that flood are kept within bounds, head and tail kept, on both streams', async () => {
    const flood = play(
      `{name: flood, shell: "echo the head; head -c 400000000 /dev/zero | tr '\\\\0' x; echo the tail; { echo the head; head -c 200000000 /dev/zero | tr '\\\\0' y; echo the tail; } >&2", register: flood}`,
      `{name: both, assert: {that: ["flood.stdout is search('^the head')", "flood.stdout is search('the tail$')", "flood.stderr is search('^the head')", "flood.stderr is search('the tail$')", "flood.stdout is search('bytes left out')", "flood.stdout | length < 40000000"]}}`,
    );
    const run = projectOf(hosts, flood).start();
    const peak = watchMemory(run);
    const { code, stdout, stderr } = await run.ended;
    expect({ code, said: code === 0 ? '' : stdout.slice(-1200) + stderr }).toEqual({ code: 0, said: '' });
    expect(peak()).toBeLessThan(700);
    figure(`memory under a flood of 600 MB on two streams: ${peak()} MiB`);
  });
});
