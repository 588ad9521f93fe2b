import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { jest } from '@jest/globals';
import { SshBed } from './sshd.js';

jest.setTimeout(60_000);

const bed = new SshBed();
const content = randomBytes(12 * 1024 * 1024 + 17);
beforeAll(() => void bed.key('user'));
afterAll(() => bed.close());

test.each([
  ['aes128-gcm@openssh.com', []],
  ['chacha20-poly1305@openssh.com', []],
  ['aes256-ctr', ['MACs hmac-sha2-256']],
  ['aes128-ctr', ['MACs hmac-sha2-512-etm@openssh.com']],
  ['aes128-gcm@openssh.com', ['RekeyLimit 1M']],
])('large packets arrive as they are, though their buffers are used again: %s %j', async (cipher, config) => {
  const sshd = await bed.sshd({ config: [`Ciphers ${cipher}`, ...config] });
  const target = { name: 'h', kind: 'ssh' as const, address: '127.0.0.1', port: sshd.port, user: userInfo().username };
  const connection = await bed.transport().connect({ ...target, privateKeyFile: bed.path('user') });
  const files = ['one', 'two', 'three'].map((name) => bed.path(name));
  await Promise.all(
    files.map(async (file, index) => {
      const channel = await connection.exec(`cat >${file}`);
      // Pieces of several sizes, in one buffer that is filled again and again.
      const bytes = 100_000 + 60_000 * index;
      const piece = Buffer.alloc(bytes);
      for (let at = 0; at < content.length; at += bytes) {
        const part = piece.subarray(0, content.copy(piece, 0, at, at + bytes));
        await channel.handOn(part);
      }
      channel.end();
      expect(await channel.exit).toEqual({ kind: 'exited', code: 0 });
    }),
  );
  for (const file of files) expect(readFileSync(file).equals(content)).toBe(true);
  await connection.close();
});
