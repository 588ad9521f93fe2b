import { renderRecap } from '../../src/report/recap.js';
import { painter } from '../../src/report/text.js';
import { stats } from './events.js';

test('the recap is ansible-playbook’s, sorted by host', () => {
  const lines = renderRecap(
    new Map([
      ['node2', stats({ ok: 12, changed: 3, failed: 1 })],
      ['node1', stats({ ok: 100, skipped: 2, unknown: 4 })],
    ]),
    painter(false),
  );
  expect(lines).toEqual([
    'node1                      : ok=100  changed=0    unreachable=0    failed=0    skipped=2    rescued=0    ignored=0    unknown=4',
    'node2                      : ok=12   changed=3    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0',
  ]);
});

test('colors say how a host fared', () => {
  const one = (change: Parameters<typeof stats>[0]) => renderRecap(new Map([['h', stats(change)]]), painter(true))[0];
  expect(one({ failed: 1 })).toMatch(/^\u001b\[31mh/);
  expect(one({ changed: 1 })).toMatch(/^\u001b\[33mh/);
  expect(one({ ok: 1 })).toMatch(/^\u001b\[32mh/);
});
