import fc from 'fast-check';
import type { RunEvent } from '../../src/engine/index.js';
import { CriticalPath } from '../../src/report/critical-path.js';
import { renderCriticalPath } from '../../src/report/critical-path-text.js';
import { makeReport } from '../../src/report/index.js';
import { finished, play, resultOf, started, stats, taskAt } from './events.js';

const prepare = taskAt(1, 'Prepare');
const init = taskAt(2, 'Init');
const join = taskAt(3, 'Join');
const last = taskAt(4, 'Ready');
const ok = resultOf('ok');

const runStarted: RunEvent = { type: 'run-started', hosts: [], checkMode: false, diffMode: false };
const waits = (host: string, on: string): RunEvent => ({ type: 'host-waits', host, on });
const resumed = (host: string): RunEvent => ({ type: 'host-resumed', host });

/** Follows events that come at these times, in milliseconds. */
function follow(events: readonly (readonly [at: number, ...RunEvent[]])[]): CriticalPath {
  let time = 0;
  const path = new CriticalPath(() => time);
  for (const [at, ...now] of events) {
    time = at;
    for (const event of now) path.handle(event);
  }
  return path;
}

const brief = (path: CriticalPath) =>
  path.steps().map(({ host, task, startMs, durationMs, waitedFor }) => [host, task, startMs, durationMs, waitedFor]);

describe('the critical path', () => {
  test('leads over the host that another one waited for', () => {
    // The worker is prepared long before the control plane, which it then waits for.
    const path = follow([
      [100, runStarted, play('P', ['cp', 'w'])],
      [100, started('cp', prepare), started('cp', init), started('w', prepare), started('w', join), waits('w', 'cp')],
      [300, ...finished('w', prepare, ok)],
      [1100, ...finished('cp', prepare, ok)],
      [4100, ...finished('cp', init, ok)],
      [4110, resumed('w')],
      [5110, ...finished('w', join, ok)],
    ]);
    expect(brief(path)).toEqual([
      ['cp', 'Prepare', 0, 1000, undefined],
      ['cp', 'Init', 1000, 3000, undefined],
      ['w', 'Join', 4010, 1000, 'cp'],
    ]);
  });

  test('stays on the host where the wait was over before its own steps were', () => {
    // Tasks are sent ahead: the value was there while the host was still busy.
    const path = follow([
      [0, runStarted, play('P', ['cp', 'w'])],
      [0, started('w', prepare), started('w', join), waits('w', 'cp'), started('cp', init)],
      [500, ...finished('cp', init, ok)],
      [510, resumed('w')],
      [2000, ...finished('w', prepare, ok)],
      [2500, ...finished('w', join, ok)],
    ]);
    expect(brief(path)).toEqual([
      ['w', 'Prepare', 0, 2000, undefined],
      ['w', 'Join', 2000, 500, undefined],
    ]);
  });

  test('crosses plays over whoever ended the earlier one', () => {
    const path = follow([
      [0, runStarted, play('P', ['cp', 'w']), started('cp', prepare), started('w', prepare)],
      [1000, ...finished('cp', prepare, ok)],
      [3000, ...finished('w', prepare, ok)],
      [3001, play('Q', ['cp']), started('cp', last)],
      [4001, ...finished('cp', last, ok)],
    ]);
    expect(brief(path)).toEqual([
      ['w', 'Prepare', 0, 3000, undefined],
      ['cp', 'Ready', 3001, 1000, undefined],
    ]);
  });

  test('is empty where nothing was done', () => {
    expect(follow([[0, runStarted]]).steps()).toEqual([]);
  });

  test('is a chain: each step begins when what it waited for is over, and all of them fit into the run', () => {
    const hosts = ['a', 'b', 'c'];
    const action = fc.record({
      host: fc.constantFrom(...hosts),
      kind: fc.constantFrom('start', 'finish', 'wait', 'resume'),
      on: fc.constantFrom(...hosts),
      after: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        let time = 0;
        const path = new CriticalPath(() => time);
        for (const event of [runStarted, play('P', hosts)]) path.handle(event);
        const begun = new Map(hosts.map((host) => [host, 0]));
        const done = new Map(hosts.map((host) => [host, 0]));
        for (const { host, kind, on, after } of actions) {
          time += after;
          const line = begun.get(host) ?? 0;
          const ended = done.get(host) ?? 0;
          if (kind === 'start') {
            begun.set(host, line + 1);
            path.handle(started(host, taskAt(line + 1, 'T')));
          }
          if (kind === 'finish' && ended < line) {
            done.set(host, ended + 1);
            for (const event of finished(host, taskAt(ended + 1, 'T'), ok)) path.handle(event);
          }
          if (kind === 'wait') path.handle(waits(host, on));
          if (kind === 'resume') path.handle(resumed(host));
        }
        let end = 0;
        for (const { startMs, durationMs } of path.steps()) {
          expect(startMs).toBeGreaterThanOrEqual(end);
          expect(durationMs).toBeGreaterThanOrEqual(0);
          end = startMs + durationMs;
        }
        expect(end).toBeLessThanOrEqual(time);
      }),
    );
  });
});

test('a line a step says which host, which step, how long; short ones are summed up', () => {
  const step = (host: string, task: string, durationMs: number, waitedFor?: string) => ({
    host,
    task,
    action: 'command',
    startMs: 0,
    durationMs,
    ...(waitedFor !== undefined && { waitedFor }),
  });
  const steps = [
    step('control-1', 'Container runtime', 20_000),
    step('control-1', 'Look', 30),
    step('control-1', 'Look again', 40),
    step('worker-1', 'Workers\njoin \u001b[31m', 9_950, 'control-1'),
  ];
  expect(renderCriticalPath(steps, 30_500)).toEqual([
    '   20.0 s  control-1  Container runtime',
    '    9.9 s  worker-1   Workers join \\x1b[31m (waited for control-1)',
    '    0.1 s  2 shorter steps',
    '   30.0 s  of 30.5 s',
  ]);
});

describe('a report', () => {
  async function shown(
    form: 'plain' | 'json',
    options: { profile?: boolean; verbosity?: number } = {},
  ): Promise<string> {
    let text = '';
    const write = (chunk: string) => {
      text += chunk;
    };
    const sink = { write } as unknown as NodeJS.WriteStream;
    const report = await makeReport({
      form,
      verbosity: 0,
      profile: false,
      showDiff: false,
      color: false,
      columns: 80,
      stdout: sink,
      stderr: sink,
      ...options,
    });
    const events = [play('P', ['h']), started('h', init), ...finished('h', init, ok), runFinished];
    for (const event of events) report.listen(event);
    await report.close();
    return text;
  }
  const runFinished: RunEvent = { type: 'run-finished', stats: new Map([['h', stats({ ok: 1 })]]), durationMs: 10 };

  test('ends with the recap, before which the path stands where it is asked for', async () => {
    const plain = await shown('plain');
    const profiled = await shown('plain', { profile: true });
    const recap = plain.slice(plain.indexOf('PLAY RECAP'));
    expect(plain).not.toContain('CRITICAL PATH');
    expect(profiled).toMatch(/\nCRITICAL PATH \*+\n(.+\n)+ +\d+\.\d s {2}of 0\.0 s\n\nPLAY RECAP/);
    expect(profiled.slice(profiled.indexOf('PLAY RECAP'))).toBe(recap);
    expect(await shown('plain', { verbosity: 2 })).toContain('CRITICAL PATH');
  });

  test('for machines always has it', async () => {
    const types = (await shown('json'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types.slice(-2)).toEqual(['critical-path', 'run-finished']);
  });
});
