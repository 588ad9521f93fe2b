import { jsonReport } from '../../src/report/json.js';
import { done, play, resultOf, stats, taskAt } from './events.js';

test('every event is one line of JSON with the schema’s number', () => {
  let text = '';
  let time = 0;
  const listen = jsonReport(
    (line) => {
      text += line;
    },
    () => time++,
  );
  const result = resultOf('ok', { value: { stdout: 'two\nlines\u2028' } });
  for (const event of [play('P', ['h']), ...done('h', taskAt(5, 'T'), result)]) listen(event);
  listen({ type: 'run-finished', stats: new Map([['h', stats({ ok: 1 })]]), durationMs: 3 });
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ schema, type }) => [schema, type])).toEqual([
    [1, 'play-started'],
    [1, 'task-started'],
    [1, 'task-finished'],
    [1, 'host-advanced'],
    [1, 'critical-path'],
    [1, 'run-finished'],
  ]);
  expect(events.at(-1).stats.h.ok).toBe(1);
  expect(events.at(-2).steps).toMatchObject([{ host: 'h', task: 'T' }]);
});
