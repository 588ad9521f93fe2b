const digits = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes in the order of `order`, three at a time, in the base64 of crypt(3): least significant digit first. */
export function crypt64(bytes: Uint8Array, order: readonly (readonly number[])[]): string {
  let text = '';
  for (const group of order) {
    let value = 0;
    for (const index of group) value = (value << 8) | (bytes[index] ?? 0);
    for (let n = 0; n <= group.length; n++) {
      text += digits[value & 0x3f];
      value >>= 6;
    }
  }
  return text;
}

export const crypt64Digits = digits;
