import { AttemptClock } from '../../src/transport/ssh/attempt-clock.js';
import { Dropped, HandshakeGate, pauseMs } from '../../src/transport/ssh/handshake-gate.js';

const never = (): AbortSignal => new AbortController().signal;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs the works at once and returns the most that ran at the same time. */
async function peak(gate: HandshakeGate, count: number, work: () => Promise<void>): Promise<number> {
  let running = 0;
  let most = 0;
  const each = async (): Promise<void> => {
    most = Math.max(most, ++running);
    try {
      await pause(1);
      await work();
    } finally {
      running--;
    }
  };
  await Promise.allSettled(Array.from({ length: count }, () => gate.run(each, never())));
  return most;
}

const drop = async (): Promise<void> => {
  throw new Dropped('dropped');
};
const pass = async (): Promise<void> => undefined;

describe('the gate of handshakes', () => {
  test('at most 8 are under way to one server', async () => {
    expect(await peak(new HandshakeGate(), 30, pass)).toBe(8);
  });

  test('those that were dropped together halve the limit once', async () => {
    const gate = new HandshakeGate();
    await peak(gate, 8, drop);
    expect(gate.limit).toBe(4);
    expect(await peak(gate, 30, pass)).toBeLessThanOrEqual(8);
  });

  test('it never closes, and opens again by and by', async () => {
    const gate = new HandshakeGate();
    for (let i = 0; i < 6; i++) await peak(gate, 1, drop);
    expect(gate.limit).toBe(1);
    await peak(gate, 2, pass);
    expect(gate.limit).toBe(2);
    await peak(gate, 200, pass);
    expect(gate.limit).toBe(8);
  });

  test('another failure says nothing about the limit', async () => {
    const gate = new HandshakeGate();
    await peak(gate, 8, async () => {
      throw new Error('refused');
    });
    expect(gate.limit).toBe(8);
  });

  test('who waits can be called off', async () => {
    const gate = new HandshakeGate();
    const controller = new AbortController();
    const blocking = Array.from({ length: 8 }, () => gate.run(() => pause(200), never()));
    const waiting = gate.run(pass, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await Promise.all(blocking);
  });

  test('pauses grow up to a second and differ', () => {
    expect([pauseMs(0, 0), pauseMs(0, 1), pauseMs(1, 1), pauseMs(50, 0), pauseMs(50, 1)]).toEqual([
      50, 100, 200, 500, 1000,
    ]);
  });
});

describe('the clock of an attempt', () => {
  test('only the time counts in which it runs', async () => {
    const clock = new AttemptClock(1000);
    await clock.whileRunning(() => clock.whileStopped(() => pause(1200)));
    expect(clock.signal.aborted).toBe(false);
    await clock.whileRunning(() => pause(100));
    expect(clock.signal.aborted).toBe(false);
    await clock.whileRunning(() => pause(1100));
    expect(clock.signal.aborted).toBe(true);
  });
});
