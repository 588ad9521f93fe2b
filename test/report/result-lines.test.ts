import type { TaskInfo, TaskResult } from '../../src/engine/index.js';
import { itemLines } from '../../src/report/result-lines.js';

const options = { paint: (_: string, text: string) => text, verbosity: 0, showDiff: false, columns: 80 } as never;
const task = (action: string) => ({ id: 't', name: 't', action, order: [0], loop: true }) as unknown as TaskInfo;
const result = (status: TaskResult['status'], value: object) => ({ status, value, diff: [] }) as unknown as TaskResult;

test.each([
  [
    'ok',
    { changed: false, msg: 'm', item: 1, ansible_loop_var: 'item' },
    'ok: [h] => (item=1) => {\n    "msg": "m"\n}',
  ],
  ['changed', { changed: true, msg: 'm', word: 1 }, 'changed: [h] => (item=1) => {\n    "msg": "m"\n}'],
  [
    'failed',
    { changed: false, failed: true, failed_when_result: true, msg: 'm' },
    'failed: [h] (item=1) => {\n    "msg": "m"\n}',
  ],
  ['ok', { changed: false, item: 1 }, 'ok: [h] => (item=1) => {\n    "item": 1\n}'],
] as const)('debug in a loop, %s with %j, says its message alone, or its variable', (status, value, line) => {
  expect(itemLines({ host: 'h', task: task('debug'), label: '1', result: result(status, value) }, options)).toEqual([
    line,
  ]);
});

test('assert in a loop says which item it was about', () => {
  const value = { changed: false, msg: 'All assertions passed', item: 1, ansible_loop_var: 'item' };
  const [line] = itemLines({ host: 'h', task: task('assert'), label: '1', result: result('ok', value) }, options);
  expect(line).toContain('"item": 1');
});

test.each([
  ['TemplateError: it broke\n  line 1', 0, false],
  ['TemplateError: it broke\n  line 1', 1, true],
  ['Traceback: ImportError', 0, true],
])('`exception` %j with verbosity %i is shown: %s', (exception, verbosity, isShown) => {
  const failed = result('failed', { changed: false, failed: true, msg: 'it broke', exception });
  const about = { host: 'h', task: task('command'), label: '1', result: failed };
  const [line] = itemLines(about, { ...(options as object), verbosity } as never);
  expect(String(line).includes('"exception"')).toBe(isShown);
});
