import { Buffer, isUtf8 } from 'node:buffer';

/** How many bytes the character at `at` has; 0 where there is none, as UTF-8 has them (RFC 3629). */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return first >= 0xc2 && first <= 0xf4 && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/**
 * Text of whatever bytes a host prints: those that are not UTF-8 become lone surrogates (U+DC80 to U+DCFF), as in
 * Python's surrogateescape, so that nothing is lost on the way back.
 */
export function textOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      if (at > begin) parts.push(bytes.toString('utf8', begin, at));
      parts.push(String.fromCharCode(0xdc00 + (bytes[at] ?? 0)));
      begin = at + 1;
    }
    at += length || 1;
  }
  if (bytes.length > begin) parts.push(bytes.toString('utf8', begin));
  return parts.join('');
}

const escaped = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

/** The bytes that such a text stands for. */
export function bytesOfText(text: string): Buffer {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text);
  const parts: Buffer[] = [];
  let begin = 0;
  for (const { index } of text.matchAll(escaped)) {
    if (index > begin) parts.push(Buffer.from(text.slice(begin, index)));
    parts.push(Buffer.from([text.charCodeAt(index) - 0xdc00]));
    begin = index + 1;
  }
  parts.push(Buffer.from(text.slice(begin)));
  return Buffer.concat(parts);
}
