import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { type Frame, FrameReader } from '../../src/shell/index.js';

const nonce = (n: number): string => n.toString(16).padStart(16, '0');
const mark = (n: number, directive: string): string => `\n@${nonce(n)} ${directive}\n`;

function read(due: number[], chunks: Iterable<Buffer>): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader({ frame: (frame) => frames.push(frame) });
  for (const n of due) reader.expect(nonce(n));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

function* pieces(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const contents = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));

describe('frames', () => {
  test('a field comes out as the host wrote it, however the stream was cut', () => {
    fc.assert(
      fc.property(
        fc.array(contents, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (fields, size) => {
          const parts = fields.flatMap((field, n) => [
            Buffer.from(`noise${mark(n, '<x')}`),
            field,
            Buffer.from(`${mark(n, '.')}${mark(n, 'end ok')}noise`),
          ]);
          const frames = read([...fields.keys()], pieces(Buffer.concat(parts), size));
          expect(frames.map(({ fields: found }) => found.get('x'))).toEqual(fields);
        },
      ),
    );
  });

  test.each([1, 7, 1000])(
    'a step that writes nothing here does not hold up those behind it (%i bytes at a time)',
    (size) => {
      const bytes = Buffer.from(`noise${mark(3, '<stderr')}said${mark(3, '.')}${mark(3, 'end ok')}`);
      const [frame] = read([1, 2, 3], pieces(bytes, size));
      expect(frame?.nonce).toBe(nonce(3));
      expect(frame?.fields.get('stderr')?.toString()).toBe('said');
    },
  );

  test('what is printed is passed on at once, but for what may be the beginning of a mark', () => {
    const heard: string[] = [];
    const reader = new FrameReader({
      frame: () => undefined,
      progress: (_, field, chunk) => heard.push(`${field} ${chunk.toString()}`),
    });
    reader.expect(nonce(1));
    reader.push(Buffer.from(`${mark(1, '<stdout')}one\n@`));
    reader.push(Buffer.from('two\n'));
    expect(heard).toEqual(['stdout one', 'stdout \n@two']);
  });

  test('inside a field the mark of another step is content', () => {
    const bytes = Buffer.from(`${mark(1, '<x')}${mark(2, 'end ok')}${mark(1, '.')}${mark(1, 'end ok')}`);
    const frames = read([1, 2], [bytes]);
    expect(frames.map((frame) => frame.nonce)).toEqual([nonce(1)]);
    expect(frames[0]?.fields.get('x')?.toString()).toBe(mark(2, 'end ok'));
  });
});
