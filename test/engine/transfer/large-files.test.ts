import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BLOCK_BYTES, Blocks } from '../../../src/engine/transfer/blocks.js';
import { type Choice, type Measured, Trial } from '../../../src/engine/transfer/choose-encoding.js';
import { LARGE_BYTES, largeFiles } from '../../../src/engine/transfer/large-files.js';
import { openSource } from '../../../src/engine/transfer/source.js';
import { type LargeFile, Pending } from '../../../src/values/index.js';

const MIB = 1024 * 1024;
const part = (encoding: 'raw' | 'gzip', mibPerSecond: number) => ({
  encoding,
  bytes: 16 * MIB,
  ms: (16 / mibPerSecond) * 1000,
});

describe('how the next part of a file is sent', () => {
  const choice: Choice = { left: 300 * MIB, ratio: 0.4, canUnpack: true, own: [] };
  let leave = () => {};
  let staying: Promise<void>;
  beforeEach(() => {
    staying = new Promise((resolve) => {
      leave = resolve;
    });
  });
  const nextOf = (changes: Partial<Choice>, measured: readonly Measured[] = []) => {
    const trial = new Trial();
    for (const part of measured) trial.note(part);
    return trial.next({ ...choice, ...changes });
  };
  test.each<[string, Partial<Choice>, string, number]>([
    ['what does not compress goes as it is', { ratio: 0.95 }, 'raw', 300],
    ['a host that cannot unpack gets it as it is', { canUnpack: false }, 'raw', 300],
    ['a file that is not worth a try goes compressed at once', { left: 50 * MIB }, 'gzip', 50],
    ['a large one is tried compressed', {}, 'gzip', 8],
    ['then as it is', { own: [part('gzip', 50)] }, 'raw', 8],
    ['to its end, where that comes first', { own: [part('gzip', 50)], left: 3 * MIB }, 'raw', 3],
  ])('%s', (_sentence, changes, encoding, mib) => {
    expect(nextOf(changes)).toEqual({ encoding, bytes: mib * MIB });
  });

  test.each([
    ['on a slow wire the rest goes compressed', 25, 10, 'gzip'],
    ['on a fast one as it is', 60, 300, 'raw'],
    ['what is hardly faster compressed goes as it is', 130, 100, 'raw'],
  ])('%s', (_sentence, packed, plain, encoding) => {
    expect(nextOf({}, [part('gzip', packed), part('raw', plain)])).toEqual({ encoding, bytes: 300 * MIB });
  });

  test('all hosts that get it at the time decide, for those that follow too; who has tried both goes on as it is', async () => {
    const trial = new Trial();
    const hosts = Promise.all([1, 2, 3].map(() => trial.during(() => staying)));
    const lucky = [part('gzip', 100), part('raw', 10)];
    for (const taken of lucky) trial.note(taken);
    expect(trial.next({ ...choice, own: lucky })).toEqual({ encoding: 'raw', bytes: 8 * MIB });
    expect(trial.next(choice)).toEqual({ encoding: 'gzip', bytes: 8 * MIB });
    for (const taken of [part('gzip', 10), part('raw', 60), part('gzip', 10)]) trial.note(taken);
    expect(trial.next(choice).bytes).toBe(8 * MIB);
    trial.note(part('raw', 60));
    expect(trial.next(choice)).toEqual({ encoding: 'raw', bytes: 300 * MIB });
    trial.note(part('gzip', 1000));
    expect(trial.next(choice)).toEqual({ encoding: 'raw', bytes: 300 * MIB });
    leave();
    await hosts;
  });

  test('a host that has gone is not waited for', async () => {
    const trial = new Trial();
    const one = trial.during(() => staying);
    await expect(trial.during(() => Promise.reject(new Error('cut')))).rejects.toThrow('cut');
    for (const taken of [part('gzip', 25), part('raw', 10)]) trial.note(taken);
    expect(trial.next(choice)).toEqual({ encoding: 'gzip', bytes: 300 * MIB });
    leave();
    await one;
  });
});

describe('a large file of the control machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const content = randomBytes(3 * BLOCK_BYTES + 5);
  const file = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const looked = async (look: () => LargeFile | undefined): Promise<LargeFile | undefined> => {
    for (;;) {
      try {
        return look();
      } catch (error) {
        if (!(error instanceof Pending)) throw error;
        await error.ready.catch(() => undefined);
      }
    }
  };

  test('is known by its checksums, which are waited for once', async () => {
    const large = largeFiles();
    const path = file('large', content);
    expect(() => large(path)).toThrow(Pending);
    const found = await looked(() => large(path));
    const digest = (name: string) => createHash(name).update(content).digest('hex');
    // What only results tell comes later.
    await looked(() => found && { ...found });
    expect(found).toEqual({
      path,
      size: content.length,
      sha256: digest('sha256'),
      sha1: digest('sha1'),
      md5: digest('md5'),
    });
    expect(large(path)).toBe(found);
  });

  test('is read again when it has changed', async () => {
    const large = largeFiles();
    const path = file('changing', content);
    const before = await looked(() => large(path));
    file('changing', Buffer.from(content).fill(1));
    utimesSync(path, 1, 1);
    expect(() => large(path)).toThrow(Pending);
    expect((await looked(() => large(path)))?.sha256).not.toBe(before?.sha256);
  });

  test.each([
    ['a small one', () => file('small', Buffer.alloc(LARGE_BYTES - 1))],
    ['one that is not there', () => join(folder, 'none')],
    ['a directory', () => folder],
    [
      'an encrypted one, which is decrypted as a whole',
      () => file('vault', `$ANSIBLE_VAULT;1.1;AES256\n${'0'.repeat(LARGE_BYTES)}`),
    ],
  ])('is not %s', (_what, path) => {
    expect(largeFiles()(path())).toBeUndefined();
  });

  const unlessRoot = process.getuid?.() === 0 ? test.skip : test;
  unlessRoot('is told by name where it cannot be read', () => {
    const path = file('secret', content);
    chmodSync(path, 0);
    expect(() => largeFiles()(path)).toThrow('cannot read');
  });

  test('is read in any pieces, and compressed block by block for all', async () => {
    const path = file('pieces', content);
    const large = largeFiles();
    const known = await looked(() => large(path));
    if (!known) throw new Error('it is not large');
    const source = openSource(known);
    try {
      await fc.assert(
        fc.asyncProperty(fc.nat(content.length), fc.integer({ min: 1, max: 100_000 }), async (at, length) => {
          expect((await source.read(at, length)).equals(content.subarray(at, at + length))).toBe(true);
        }),
        { numRuns: 20 },
      );
      const blocks = new Blocks();
      const packed = await Promise.all([0, 1, 2, 3].map((index) => blocks.packed(source, index)));
      expect(gunzipSync(Buffer.concat(packed)).equals(content)).toBe(true);
      expect(blocks.packed(source, 2)).toBe(blocks.packed(source, 2));
      expect(await source.digestOfFirst(1000)).toBe(
        createHash('sha256').update(content.subarray(0, 1000)).digest('hex'),
      );
    } finally {
      await source.close();
    }
  });
});
