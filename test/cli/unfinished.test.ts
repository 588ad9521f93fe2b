import { Unfinished } from '../../src/cli/unfinished.js';
import { done, ended, play, resultOf, taskAt } from '../report/events.js';

const decide = taskAt(3, 'Decide');

test('a host that another one ended, by a task done once for all, is listed with that task', () => {
  const unfinished = new Unfinished();
  const failed = resultOf('failed', { message: 'no' });
  for (const event of [play('P', ['a', 'b']), ...done('a', decide, failed), ended('a', 'failed'), ended('b', 'failed')])
    unfinished.listen(event);
  expect(
    unfinished.lines(
      [],
      new Map([
        ['a', 'failed'],
        ['b', 'failed'],
      ]),
    ),
  ).toEqual(['  a  failed at "Decide" (site.yml:3): no', '  b  failed at "Decide" (site.yml:3): no']);
});

test('a host that came to its end is not', () => {
  const unfinished = new Unfinished();
  for (const event of [play('P', ['a']), ...done('a', decide, resultOf('failed'), { ignored: true }), ended('a')])
    unfinished.listen(event);
  expect(unfinished.lines([], new Map())).toEqual([]);
});

test('nor is one whose failure was taken back', () => {
  const unfinished = new Unfinished();
  for (const event of [play('P', ['a']), ...done('a', decide, resultOf('failed')), ended('a', 'failed')])
    unfinished.listen(event);
  expect(unfinished.lines([], new Map())).toEqual([]);
});
