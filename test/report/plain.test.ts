import fc from 'fast-check';
import type { RunEvent } from '../../src/engine/index.js';
import { type DisplayOptions, PlainReport } from '../../src/report/plain.js';
import { painter } from '../../src/report/text.js';
import { advanced, done, ended, finished, item, play, resultOf, started, stats, taskAt } from './events.js';
import { expectGolden } from './golden.js';

interface Shown {
  out: string;
  aside: string;
}

function show(
  events: readonly RunEvent[],
  change: { verbosity?: number; showDiff?: boolean; diffContext?: number; display?: DisplayOptions } = {},
): Shown {
  const shown: Shown = { out: '', aside: '' };
  const report = new PlainReport({
    paint: painter(false),
    verbosity: 0,
    showDiff: false,
    columns: 80,
    write: (text) => {
      shown.out += text;
    },
    writeError: (text) => {
      shown.aside += text;
    },
    now: () => 0,
    ...change,
  });
  for (const event of events) report.listen(event);
  return shown;
}

const command = taskAt(5, 'Run it');
const failing = resultOf('failed', {
  value: {
    changed: false,
    failed: true,
    rc: 100,
    cmd: ['apt-get', 'install', 'kubelet'],
    stdout: '',
    stderr: 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt)\n',
    msg: 'non-zero return code',
  },
  message: 'non-zero return code',
  command: ['apt-get', 'install', 'kubelet'],
});
const diff = { before: 'a\nb\n', after: 'a\nc\n', beforeHeader: '/etc/x', afterHeader: '/etc/x' };
const handler = taskAt(1, 'Restart it', { handler: true, order: [5, 0, 0] });
const loop = taskAt(20, 'Each', { loop: true });
const debug = taskAt(30, 'debug', { action: 'debug' });
const include = taskAt(40, 'include_tasks', { action: 'include_tasks' });

const everything: RunEvent[] = [
  { type: 'run-started', hosts: ['node1', 'node2'], checkMode: false, diffMode: true },
  play('Machines', ['node1', 'node2']),
  ...done('node1', command, resultOf('changed', { diff: [diff] })),
  ...done('node2', command, resultOf('ok')),
  ...done('node1', taskAt(6, 'Left out'), resultOf('skipped')),
  ...done('node2', taskAt(6, 'Left out'), resultOf('unknown', { message: 'the package is not there yet' })),
  ...done('node1', taskAt(7, 'Ignored'), failing, { ignored: true }),
  ...done('node2', taskAt(7, 'Ignored'), resultOf('changed'), { delegatedTo: 'node1' }),
  started('node1', loop),
  item('node1', loop, "{'name': 'a'}", resultOf('changed')),
  item('node1', loop, 'b', { ...failing, value: { ...failing.value, item: 'b' } }),
  ...finished(
    'node1',
    loop,
    resultOf('failed', { message: 'One or more items failed', value: { results: [{ ...failing.value, item: 'b' }] } }),
  ),
  ended('node1', 'failed'),
  ...done('node2', loop, resultOf('skipped', { value: { skipped: true, results: [] } })),
  ...done('node2', debug, resultOf('ok', { value: { changed: false, failed: false, msg: 'Hello' } })),
  ...done('node2', include, resultOf('ok', { value: { include: 'more.yml' } })),
  ...done('node2', taskAt(41, 'Reach'), resultOf('unreachable', { value: { msg: 'refused' }, message: 'refused' })),
  ended('node2', 'unreachable'),
  { type: 'notice', level: 'warning', host: 'node2', message: 'no handler' },
  {
    type: 'run-finished',
    stats: new Map([
      ['node2', stats({ ok: 4, unreachable: 1, unknown: 1 })],
      ['node1', stats({ ok: 2, changed: 1, failed: 1, ignored: 1 })],
    ]),
    durationMs: 1000,
  },
];

test('a run of every kind of result reads like ansible-playbook, with what failed in full', () => {
  expectGolden('report/golden/plain.txt', show(everything, { showDiff: true }).out);
});

test('with -vv every result and the place of every task are shown', () => {
  expectGolden('report/golden/plain-verbose.txt', show(everything, { verbosity: 2 }).out);
});

test('diff_context lines stand around what differs', () => {
  const lines = (middle: string) => `1\n2\n3\n${middle}\n5\n6\n7\n`;
  const change = { diff: [{ before: lines('4'), after: lines('four'), beforeHeader: 'f', afterHeader: 'f' }] };
  const events = [play('P', ['h']), ...done('h', command, resultOf('changed', change)), ended('h')];
  expect(show(events, { showDiff: true, diffContext: 1 }).out).toContain('@@ -3,3 +3,3 @@\n 3\n-4\n+four\n 5\n');
  expect(show(events, { showDiff: true }).out).toContain('@@ -1,7 +1,7 @@');
});

test('warnings go to standard error', () => {
  expect(show(everything).aside).toBe('[WARNING]: [node2] no handler\n');
});

test('an error of the playbook is told as Ansible does, and where it is', () => {
  const position = { file: 'site.yml', line: 3, column: 5 };
  const { aside } = show([{ type: 'notice', level: 'error', message: 'no such handler', position }]);
  expect(aside).toBe('ERROR! no such handler\n  site.yml:3:5\n');
});

test('meta has a heading, and with -vv a line for what it has done', () => {
  const task = taskAt(5, 'meta', { action: 'meta' });
  const said: RunEvent[] = [
    play('P', ['a', 'b']),
    { type: 'meta-done', host: 'a', task, message: 'facts cleared', skipped: false },
    { type: 'meta-done', host: 'b', task, message: 'clear_facts conditional evaluated to False', skipped: true },
    ended('a'),
    ended('b'),
  ];
  expect(show(said).out).toMatch(/TASK \[meta\] \*+\nskipping: \[b\]\n$/);
  expect(show(said, { verbosity: 2 }).out).toContain('\nMETA: facts cleared\n');
});

test('a task whose hosts are at different places is shown when all have got there', () => {
  const [first, second] = [taskAt(5, 'First'), taskAt(6, 'Second')];
  const { out } = show([
    play('P', ['fast', 'slow']),
    ...done('fast', first, resultOf('ok')),
    started('slow', first),
    ...done('fast', second, resultOf('changed')),
  ]);
  expect(out).toContain('ok: [fast]');
  expect(out).not.toContain('Second');
});

test('what was sent ahead of a failure and is void gets no heading', () => {
  const [first, second] = [taskAt(5, 'First'), taskAt(6, 'Second')];
  const { out } = show([
    play('P', ['h']),
    started('h', first),
    started('h', second),
    ...finished('h', first, resultOf('failed')),
    ended('h', 'failed'),
  ]);
  expect(out).not.toContain('Second');
});

test('hosts that run on their own give the same text in whatever order they come', () => {
  const hosts = ['a', 'b', 'c'];
  const tasks = [taskAt(5, 'First'), taskAt(6, 'Second'), handler];
  const streams = hosts.map((host) => [...tasks.flatMap((task) => done(host, task, resultOf('ok'))), ended(host)]);
  const sorted = (text: string) => text.split('\n\n').map((section) => section.split('\n').sort());
  const expected = sorted(show([play('P', hosts), ...streams.flat()]).out);
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 60, maxLength: 60 }), (choices) => {
      const left = streams.map((stream) => [...stream]);
      const mixed = [...choices, ...hosts.flatMap((_, i) => Array(20).fill(i))].flatMap((i) => left[i]?.shift() ?? []);
      expect(sorted(show([play('P', hosts), ...mixed]).out)).toEqual(expected);
    }),
  );
});

test('nothing that comes from a host can command the terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const task = taskAt(5, text);
      const result = resultOf('failed', { message: text, value: { msg: text, stderr: text, rc: 1 }, command: text });
      const label = item('h', { ...task, loop: true }, text, resultOf('ok'));
      const { out, aside } = show([
        play(text, ['h']),
        label,
        ...done('h', task, result),
        advanced('h', [9]),
        { type: 'notice', level: 'info', host: 'h', message: text },
      ]);
      expect(out + aside).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('after half a minute of silence it says what is running, since when, and whom others wait for', () => {
  let now = 0;
  let aside = '';
  const report = new PlainReport({
    paint: painter(false),
    verbosity: 0,
    showDiff: false,
    columns: 200,
    write: () => undefined,
    writeError: (text) => {
      aside += text;
    },
    now: () => now,
  });
  const [init, join] = [taskAt(5, 'The cluster is made'), taskAt(6, 'Workers join')];
  for (const event of [play('P', ['n1', 'n2']), started('n1', init), started('n2', join)]) report.listen(event);
  report.listen({ type: 'host-waits', host: 'n2', on: 'n1' });
  report.listen({ type: 'progress', host: 'n1', task: init, stream: 'stdout', text: '[certs]\n[etcd] \u001b[31mup\n' });
  now = 29_000;
  report.tick();
  expect(aside).toBe('');
  now = 65_000;
  report.tick();
  expect(aside.split('\n')).toEqual([
    'still running: The cluster is made on n1, for 1 min 05 s; last line: [etcd] \\x1b[31mup',
    'still running: waits for n1: The cluster is made on n2, for 1 min 05 s',
    '',
  ]);
  now = 70_000;
  report.tick();
  expect(aside.split('\n')).toHaveLength(3);
});

const usual: DisplayOptions = {
  hidesSkipped: false,
  hidesOk: false,
  failuresAside: false,
  showsStart: false,
  showsCustomStats: false,
  marksCheckMode: false,
};

describe("the settings of Ansible's default callback", () => {
  const some: RunEvent[] = [
    play('P', ['n1']),
    ...done('n1', taskAt(1, 'Fine'), resultOf('ok')),
    ...done('n1', taskAt(2, 'Left out'), resultOf('skipped')),
    ...done('n1', taskAt(3, 'Done'), resultOf('changed')),
    ...done('n1', taskAt(4, 'Broken'), failing),
    ended('n1'),
  ];
  const said = (display: Partial<DisplayOptions>, events = some): Shown =>
    show(events, { display: { ...usual, ...display } });
  const headings = ({ out }: Shown): string[] => [...out.matchAll(/^TASK \[(.*)\] \*/gm)].map(([, name = '']) => name);

  test('by default everything is shown', () => {
    expect(headings(said({}))).toEqual(['Fine', 'Left out', 'Done', 'Broken']);
  });

  test('display_ok_hosts: no leaves out what is ok, with the heading', () => {
    expect(headings(said({ hidesOk: true }))).toEqual(['Left out', 'Done', 'Broken']);
  });

  test('display_skipped_hosts: no leaves out what is skipped, with the heading', () => {
    const shown = said({ hidesSkipped: true });
    expect(headings(shown)).toEqual(['Fine', 'Done', 'Broken']);
    expect(shown.out).not.toContain('skipping');
  });

  test('display_failed_stderr: yes puts failures aside', () => {
    const shown = said({ failuresAside: true });
    expect([shown.out.includes('fatal:'), shown.aside.includes('fatal: [n1]: FAILED!')]).toEqual([false, true]);
  });

  test('show_per_host_start: yes says where a task begins', () => {
    expect(said({ showsStart: true }).out).toContain(' [started TASK: Fine on n1]\nok: [n1]');
  });

  test('check_mode_markers: yes marks headings, beginning and end of a dry run', () => {
    const { out } = said({ marksCheckMode: true }, [
      { type: 'run-started', hosts: ['n1'], checkMode: true, diffMode: false },
      play('P', ['n1']),
      ...done('n1', { ...taskAt(1, 'Fine'), checkMode: true }, resultOf('ok')),
      ended('n1'),
      { type: 'run-finished', stats: new Map(), durationMs: 1 },
    ]);
    expect([...out.matchAll(/^(.*?) \*{3}/gm)].map(([, heading]) => heading)).toEqual([
      'DRY RUN',
      'PLAY [P] [CHECK MODE]',
      'TASK [Fine] [CHECK MODE]',
      'PLAY RECAP',
      'DRY RUN',
    ]);
  });

  test('display_args_to_stdout: yes puts arguments into headings', () => {
    const task = { ...taskAt(1, 'Fine'), arguments: 'src=a, dest=/b' };
    expect(headings(said({}, [play('P', ['n1']), ...done('n1', task, resultOf('ok')), ended('n1')]))).toEqual([
      'Fine src=a, dest=/b',
    ]);
  });
});
