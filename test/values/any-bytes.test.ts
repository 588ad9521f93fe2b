import fc from 'fast-check';
import { bytesOfText, textOfBytes } from '../../src/values/index.js';

test('any bytes come through as text unharmed', () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const bytes = Buffer.concat(parts);
      expect(bytesOfText(textOfBytes(bytes))).toEqual(bytes);
    }),
  );
});

test('text is what it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = Buffer.from(text);
      expect(textOfBytes(bytes)).toBe(bytes.toString());
      expect(bytesOfText(bytes.toString())).toEqual(bytes);
    }),
  );
});

test.each([
  [[0x61, 0xff, 0x62], 'a\udcffb'],
  [[0xe2, 0x82], '\udce2\udc82'],
  [[0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  [[0xc0, 0x80], '\udcc0\udc80'],
  [[0xf0, 0x9f, 0x98, 0x80, 0x80], '\u{1f600}\udc80'],
])('%j is %j', (bytes, text) => {
  expect(textOfBytes(Buffer.from(bytes))).toBe(text);
});
