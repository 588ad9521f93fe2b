import { type Giver, Relay, type Way } from '../../../src/engine/transfer/relay.js';
import { Transfers } from '../../../src/engine/transfer/transfers.js';

const MIB = 1024 * 1024;
const file = { path: '/f', size: 8 * MIB, sha256: 'a', sha1: '', md5: '' };
const none: ReadonlySet<string> = new Set();
const forever = new AbortController().signal;

function giverNamed(name: string): Giver & { isClosed: boolean } {
  const keys = { address: '127.0.0.1', port: 20_000, user: 'root', hostKey: '', userKey: '' };
  const close = (): void => {
    giver.isClosed = true;
  };
  const giver = { name, ...keys, isClosed: false, close };
  return giver;
}
const nameOf = (way: Way): string => (way.kind === 'direct' ? 'direct' : way.giver.name);
const soon = async (way: Promise<Way>): Promise<string> =>
  Promise.race([way.then(nameOf), new Promise<string>((resolve) => setTimeout(() => resolve('waits'), 5))]);

test('the first is sent to, the others wait and have it from him, two at once', async () => {
  const relay = new Relay();
  const first = await relay.turn(none, forever);
  expect(nameOf(first)).toBe('direct');
  const others = [1, 2, 3, 4].map(() => relay.turn(none, forever));
  expect(await Promise.all(others.map(soon))).toEqual(['waits', 'waits', 'waits', 'waits']);
  relay.add(giverNamed('h1'));
  relay.done(first, true);
  expect(await Promise.all(others.map(soon))).toEqual(['h1', 'h1', 'direct', 'waits']);
  relay.add(giverNamed('h2'));
  expect(await soon(others[3] as Promise<Way>)).toBe('h2');
});

test('whom one host has failed is sent to at once', async () => {
  const relay = new Relay();
  await relay.turn(none, forever);
  relay.add(giverNamed('h1'));
  const way = await relay.turn(none, forever);
  relay.done(way, false);
  expect(await soon(relay.turn(new Set(['h1']), forever))).toBe('direct');
});

test('after two failures and no success nobody waits any longer', async () => {
  const relay = new Relay();
  await relay.turn(none, forever);
  const giver = giverNamed('h1');
  relay.add(giver);
  const ways = await Promise.all([relay.turn(none, forever), relay.turn(none, forever)]);
  const waiting = relay.turn(none, forever);
  expect(await soon(waiting)).toBe('waits');
  for (const way of ways) relay.done(way, false);
  expect(await soon(waiting)).toBe('direct');
  expect(giver.isClosed).toBe(true);
  expect(relay.isWanted).toBe(false);
});

test('nobody gives any longer when nobody wants it', () => {
  const relay = new Relay();
  const leave = [relay.enter(), relay.enter()];
  const giver = giverNamed('h1');
  relay.add(giver);
  expect(relay.isWanted).toBe(true);
  leave[0]?.();
  expect([relay.isWanted, giver.isClosed]).toEqual([false, false]);
  leave[1]?.();
  expect(giver.isClosed).toBe(true);
});

test('whoever waits leaves when the run is broken off', async () => {
  const relay = new Relay();
  await relay.turn(none, forever);
  const stop = new AbortController();
  const waiting = relay.turn(none, stop.signal);
  stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
});

describe('a file is handed on', () => {
  const upload = { path: '/x', content: file, isPublic: true };
  test.each<[string, boolean, { handsOn?: boolean }, object]>([
    ['where that is asked for', true, { handsOn: true }, {}],
    ['not where it is not', false, {}, {}],
    ['not when it may be a secret', false, { handsOn: true }, { isPublic: false }],
    ['not when nothing is said of that', false, { handsOn: true }, { isPublic: undefined }],
    ['not when it is small', false, { handsOn: true }, { content: { ...file, size: 8 * MIB - 1 } }],
    ['not when it was decrypted, or made, in memory', false, { handsOn: true }, { content: Buffer.alloc(8 * MIB) }],
  ])('%s', (_when, isHandedOn, options, changes) => {
    expect(new Transfers(options).relayOf({ ...upload, ...changes }) !== undefined).toBe(isHandedOn);
  });
});
