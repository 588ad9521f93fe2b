import { hostRow, sharedRows } from '../../src/report/live-rows.js';
import { Tracker } from '../../src/report/tracker.js';
import { done, ended, finished, play, resultOf, started, taskAt } from './events.js';

const [prepare, init, join] = [taskAt(5, 'Prepare'), taskAt(6, 'The cluster is made'), taskAt(7, 'Workers join')];

function tracking() {
  const clock = { now: 0 };
  const tracker = new Tracker(() => clock.now);
  const rows = () => tracker.hosts.map((view) => hostRow(view, tracker, clock.now, 60));
  const see = (...events: Parameters<Tracker['handle']>[0][]) => {
    for (const event of events) tracker.handle(event);
  };
  return { clock, tracker, rows, see };
}

test('a host does the oldest task that has no result, since the one before it was through', () => {
  const { clock, rows, see } = tracking();
  see(play('P', ['n1']), started('n1', prepare), started('n1', init));
  clock.now = 10_000;
  expect(rows()).toEqual(['n1  Prepare  10 s']);
  see(...finished('n1', prepare, resultOf('ok')));
  clock.now = 75_000;
  expect(rows()).toEqual(['n1  The cluster is made  1 min 05 s']);
});

test('a host waits for another one when nothing of its own is under way', () => {
  const { rows, see } = tracking();
  see(play('P', ['n1', 'n2']), started('n1', init), started('n2', prepare), started('n2', join));
  see({ type: 'host-waits', host: 'n2', on: 'n1' });
  expect(rows()[1]).toBe('n2  Prepare');
  see(...finished('n2', prepare, resultOf('ok')));
  expect(rows()[1]).toBe('n2  waits for n1: The cluster is made');
  see({ type: 'host-resumed', host: 'n2' });
  expect(rows()[1]).toBe('n2  Workers join');
});

test('a host that is through shows its counts, one that failed its task', () => {
  const { rows, see } = tracking();
  see(play('P', ['n1', 'n2', 'n3']));
  see(...done('n1', prepare, resultOf('changed')), ...done('n1', init, resultOf('skipped')), ended('n1'));
  see(...done('n2', prepare, resultOf('failed')), ended('n2', 'failed'));
  see(...done('n3', prepare, resultOf('unreachable')), ended('n3', 'unreachable'));
  expect(rows()).toEqual(['n1  1 ok, 1 changed, 1 skipped', 'n2  failed: Prepare', 'n3  unreachable: Prepare']);
});

test('a failure that was rescued is none', () => {
  const { rows, see } = tracking();
  see(play('P', ['n1']), ...done('n1', prepare, resultOf('failed')), ...done('n1', init, resultOf('ok')), ended('n1'));
  expect(rows()).toEqual(['n1  1 ok, 0 changed']);
});

test('the last line of output goes with its task', () => {
  const { tracker, see } = tracking();
  see(play('P', ['n1']), started('n1', prepare));
  see({ type: 'progress', host: 'n1', task: prepare, stream: 'stdout', text: 'a\nb\u001b[2J\n\n' });
  expect(tracker.get('n1')?.lastLine).toBe('b\\x1b[2J');
  see(...finished('n1', prepare, resultOf('ok')), started('n1', init));
  expect(tracker.get('n1')?.lastLine).toBeUndefined();
});

test('many hosts share a row for each thing that is being done, and never more rows than there are', () => {
  const { clock, tracker, see } = tracking();
  const hosts = Array.from({ length: 50 }, (_, i) => `n${i + 1}`);
  see(play('P', hosts), ...hosts.slice(0, 40).map((host) => started(host, prepare)), started('n41', init));
  see(...done('n42', prepare, resultOf('ok')), ended('n42'));
  see(...done('n43', prepare, resultOf('failed')), ended('n43', 'failed'));
  clock.now = 4000;
  expect(sharedRows(tracker, clock.now, { columns: 40, rows: 24 })).toEqual([
    'Prepare  4 s  40 hosts: n1, n2, n3, n4,…',
    'The cluster is made  4 s  1 host: n41',
    'about to begin  4 s  7 hosts: n44, n45,…',
    '1 through',
    '1 failed',
  ]);
  for (const [index, host] of hosts.entries()) see(started(host, taskAt(100 + index, `Task ${index}`)));
  expect(sharedRows(tracker, clock.now, { columns: 40, rows: 10 }).length).toBeLessThanOrEqual(10);
});
