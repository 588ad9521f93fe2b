import { exitCodeOf } from '../../src/cli/exit-codes.js';
import { showError } from '../../src/cli/show-error.js';
import type { Loss } from '../../src/engine/index.js';
import { InputError } from '../../src/errors/index.js';
import { stats } from '../report/events.js';

const code = (
  hosts: Parameters<typeof stats>[0][],
  options: { lost?: Loss[]; detailed?: boolean; interrupted?: boolean } = {},
) =>
  exitCodeOf(
    {
      stats: new Map(hosts.map((host, index) => [`h${index}`, stats(host)])),
      lost: new Map((options.lost ?? []).map((loss, index) => [`h${index}`, loss])),
      interrupted: options.interrupted ?? false,
    },
    options.detailed,
  );

test.each([
  ['all well', [{ ok: 3, changed: 1 }], [], 0],
  ['an ignored failure is none', [{ ok: 3, ignored: 1 }], [], 0],
  ['a failure that was taken back is none', [{ ok: 3, failed: 1 }], [], 0],
  ['a task failed', [{ ok: 3 }, { failed: 1 }], ['failed'], 2],
  ['a host was unreachable, whatever else failed', [{ failed: 1 }, { unreachable: 1 }], ['failed', 'unreachable'], 4],
  ['no host at all', [], [], 0],
] satisfies [string, object[], Loss[], number][])('%s', (_, hosts, lost, expected) => {
  expect(code(hosts, { lost })).toBe(expected);
});

test('a dry run that is asked to says whether there is something to change', () => {
  expect(code([{ ok: 1 }], { detailed: true })).toBe(0);
  expect(code([{ ok: 1, changed: 1 }], { detailed: true })).toBe(10);
  expect(code([{ ok: 1, unknown: 1 }], { detailed: true })).toBe(10);
  expect(code([{ failed: 1, changed: 1 }], { lost: ['failed'], detailed: true })).toBe(2);
});

test('an interrupted run says so, however far it got', () => {
  expect(code([{ ok: 1 }], { interrupted: true })).toBe(99);
});

test.each([
  ['a wrong keyword', 'unknown-keyword', false, 1, 1],
  ['YAML that cannot be read', 'yaml-syntax', false, 1, 4],
  ['a wrong keyword in an included file, with hosts under way', 'unknown-keyword', true, 2, 4],
] as const)('%s', (_, code, isMidRun, own, likeAnsible) => {
  const error = new InputError([{ severity: 'error', code, message: 'wrong' }], { isMidRun });
  const shown = (like: boolean) => showError(error, { color: false, likeAnsible: like, readLine: () => undefined });
  expect([shown(false).code, shown(true).code]).toEqual([own, likeAnsible]);
});
