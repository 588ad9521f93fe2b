import fc from 'fast-check';
import type { RunEvent } from '../../src/engine/index.js';
import { masked } from '../../src/report/masked.js';
import { Redactor } from '../../src/values/index.js';
import { done, resultOf, taskAt } from './events.js';

const task = taskAt(5, 'join with s3cret-token');

function through(events: readonly RunEvent[], secret = 's3cret-token'): RunEvent[] {
  const redactor = new Redactor();
  redactor.add(secret);
  const seen: RunEvent[] = [];
  const listen = masked(
    (text) => redactor.mask(text),
    (event) => seen.push(event),
  );
  for (const event of events) listen(event);
  return seen;
}

const printed = (events: readonly RunEvent[]): string =>
  events.map((event) => (event.type === 'progress' ? event.text : '')).join('');

const progress = (text: string): RunEvent => ({ type: 'progress', host: 'h', task, stream: 'stdout', text });

test('names of tasks, notices and output are masked', () => {
  const seen = through([
    progress('token s3cret-token\n'),
    { type: 'notice', level: 'info', message: 'retrying s3cret-token' },
    ...done('h', task, resultOf('ok')),
  ]);
  expect(JSON.stringify(seen)).not.toContain('s3cret');
  expect(printed(seen)).toBe('token ********\n');
});

test('a secret that arrives in pieces is masked, wherever it is cut', () => {
  const text = 'one\nkubeadm join --token s3cret-token end\nlast s3cret-token';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const pieces = at.slice(1).map((end, i) => progress(text.slice(at[i], end)));
      const out = printed(through([...pieces, ...done('h', task, resultOf('ok'))]));
      expect(out).toBe('one\nkubeadm join --token ******** end\nlast ********');
    }),
  );
});

test('a line without end is cut, shows no secret, and does not fill the memory', () => {
  const piece = progress('x'.repeat(4090) + 's3cret-token'.repeat(200));
  const out = printed(through([...Array(100).fill(piece), progress('\nnext\n')]));
  expect(out.length).toBeLessThan(5000);
  expect(out).not.toContain('s3cret');
  expect(out.endsWith('…\nnext\n')).toBe(true);
});
