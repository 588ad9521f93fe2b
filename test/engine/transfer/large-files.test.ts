import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BLOCK_BYTES, Blocks } from '../../../src/engine/transfer/blocks.js';
import { type Choice, chooseSegment } from '../../../src/engine/transfer/choose-encoding.js';
import { LARGE_BYTES, largeFiles } from '../../../src/engine/transfer/large-files.js';
import { openSource } from '../../../src/engine/transfer/source.js';
import { Transfers } from '../../../src/engine/transfer/transfers.js';
import { type LargeFile, Pending } from '../../../src/values/index.js';

const MIB = 1024 * 1024;
const part = (encoding: 'raw' | 'gzip', mibPerSecond: number) => ({
  encoding,
  bytes: 16 * MIB,
  ms: (16 / mibPerSecond) * 1000,
});

describe('how the next part of a file is sent', () => {
  const choice: Choice = { left: 300 * MIB, ratio: 0.4, canUnpack: true, measured: [] };
  test.each<[string, Partial<Choice>, string, number]>([
    ['what does not compress goes as it is', { ratio: 0.95 }, 'raw', 300],
    ['a host that cannot unpack gets it as it is', { canUnpack: false }, 'raw', 300],
    ['a file that is not worth a try goes compressed at once', { left: 50 * MIB }, 'gzip', 50],
    ['a large one is tried compressed', {}, 'gzip', 8],
    ['then as it is', { measured: [part('gzip', 50)] }, 'raw', 8],
    ['on a slow wire the rest goes compressed', { measured: [part('gzip', 25), part('raw', 10)] }, 'gzip', 300],
    ['on a fast one as it is', { measured: [part('gzip', 60), part('raw', 300)] }, 'raw', 300],
    ['what is hardly faster compressed is tried again', { measured: [part('gzip', 150), part('raw', 100)] }, 'gzip', 8],
    ['both ways', { measured: [part('gzip', 150), part('raw', 100), part('gzip', 150)] }, 'raw', 8],
    ['until it is the last', { left: 15 * MIB, measured: [part('gzip', 150), part('raw', 100)] }, 'gzip', 15],
    ...[150, 130].map((mibPerSecond): [string, Partial<Choice>, string, number] => [
      `or three tries of ${mibPerSecond} beside 100 MiB a second have decided`,
      { measured: [1, 2, 3].flatMap(() => [part('gzip', mibPerSecond), part('raw', 100)]) },
      mibPerSecond > 140 ? 'gzip' : 'raw',
      300,
    ]),
  ])('%s', (_sentence, changes, encoding, mib) => {
    expect(chooseSegment({ ...choice, ...changes })).toEqual({ encoding, bytes: mib * MIB });
  });

  test('once three hosts have tried both ways the others need not', () => {
    const transfers = new Transfers();
    for (let host = 0; host < 3; host++) {
      expect(transfers.measuredOf('x', [])).toEqual([]);
      transfers.note('x', part('gzip', 10));
      transfers.note('x', part('raw', 20));
    }
    expect(transfers.measuredOf('x', [])).toHaveLength(6);
    expect(transfers.measuredOf('another', [])).toEqual([]);
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
