import { readFileSync } from 'node:fs';
import ssh2, { type AuthContext } from 'ssh2';
import { freePort, type SshBed } from './sshd.js';

/** For ways to log in that no server at hand has: ssh2's own, with the bed's `host` key and scripted answers. */
export async function scriptedServer(
  bed: SshBed,
  answer: (context: AuthContext) => void,
): Promise<{ port: number; close(): void }> {
  const port = await freePort();
  const server = new ssh2.Server({ hostKeys: [readFileSync(bed.path('host'))] }, (client) => {
    client.on('error', () => undefined).on('authentication', answer);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, close: () => server.close() };
}
