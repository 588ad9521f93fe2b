import { withOneSpelling } from '../../src/cli/long-names.js';
import { chooseForm } from '../../src/cli/open-report.js';
import { showError } from '../../src/cli/show-error.js';
import { commandLine, Unfinished } from '../../src/cli/unfinished.js';
import { KprovError } from '../../src/errors/index.js';
import { done, ended, resultOf, taskAt } from '../report/events.js';

test("Ansible's other spellings of options are known, but not behind --", () => {
  expect(withOneSpelling(['up', '--inventory-file', 'a', '--key-file=k', '--', '--key-file'])).toEqual([
    'up',
    '--inventory',
    'a',
    '--private-key=k',
    '--',
    '--key-file',
  ]);
});

test.each([
  ['a terminal', {}, true, 'live'],
  ['no terminal', {}, false, 'plain'],
  ['a dry run, to be read', { check: true }, true, 'plain'],
  ['diffs, to be read', { diff: true }, true, 'plain'],
  ['results, to be read', { verbose: 1 }, true, 'plain'],
  ['what was asked for', { output: 'json' as const }, true, 'json'],
  ['live is plain without a terminal', { output: 'live' as const }, false, 'plain'],
])('the form of output follows %s', (_, flags, isInteractive, form) => {
  expect(chooseForm({ check: false, diff: false, verbose: 0, ...flags }, isInteractive)).toBe(form);
});

test('what is left is listed by host, with the last word of the command that failed', () => {
  const unfinished = new Unfinished();
  const failed = resultOf('failed', {
    message: 'non-zero return code',
    value: { rc: 1, stderr: 'a\nNo space left\n' },
  });
  const events = [
    ...done('n1', taskAt(5, 'One'), failed),
    ended('n1', 'failed'),
    ...done('rescued', taskAt(5, 'One'), failed),
    ended('rescued'),
    ...done('node2', taskAt(6, 'Two'), resultOf('unreachable', { message: 'refused' })),
    ended('node2', 'unreachable'),
  ];
  for (const event of events) unfinished.listen(event);
  expect(
    unfinished.lines(
      [],
      new Map([
        ['n1', 'failed'],
        ['node2', 'unreachable'],
      ]),
    ),
  ).toEqual([
    '  n1     failed at "One" (site.yml:5): No space left',
    '  node2  unreachable at "Two" (site.yml:6): refused',
  ]);
});

test('the command line can be typed again', () => {
  expect(commandLine(['up', '-i', 'hosts.ini', '-e', "x=it's"])).toBe(`kprov up -i hosts.ini -e 'x=it'\\''s'`);
});

test('an error of the user has a cure, a fault of ours a stack', () => {
  const options = { color: false, readLine: () => undefined };
  const users = showError(new KprovError('bad-thing', 'wrong', { fix: 'do this' }), options);
  expect(users).toEqual({ text: 'error: wrong [bad-thing]\n  fix: do this', code: 1 });
  const ours = showError(new TypeError('oops\u001b[2J'), options);
  expect(ours.code).toBe(250);
  expect(ours.text).toMatch(/fault of kprov itself[\s\S]*TypeError: oops\\x1b\[2J\n {4}at /);
});
