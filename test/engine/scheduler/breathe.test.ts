import { breathe } from '../../../src/engine/scheduler/breathe.js';

/** Work that keeps the event loop for so long. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('work that asks no host leaves the event loop its turn', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  // Without it there would be no end.
  while (turns < 3) {
    for (let pause = breathe(); pause; pause = breathe()) await pause;
    await Promise.resolve();
  }
  clearInterval(timer);
});

test('hosts that wait side by side do not do all of their work behind one breath', async () => {
  let turn = 0;
  let over = false;
  const count = (): void => {
    turn++;
    if (!over) setImmediate(count);
  };
  // Behind what others have asked for before.
  await new Promise((resolve) => setImmediate(resolve));
  count();
  const done = new Map<number, number>();
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      for (let pause = breathe(); pause; pause = breathe()) await pause;
      work(60);
      done.set(turn, (done.get(turn) ?? 0) + 1);
    }),
  );
  over = true;
  // 60 ms are less than a breath, 120 are more.
  expect(Math.max(...done.values())).toBeLessThanOrEqual(2);
});
