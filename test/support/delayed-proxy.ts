import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DelayedProxy {
  port: number;
  /** How often the client spoke after it had heard something: so many round trips it waited for. */
  roundTrips(): number;
  connections(): number;
  close(): void;
}

/** Stands between a client and a port of this machine and keeps everything that passes for a while, each way. */
export async function delayedProxy(target: number, oneWayMs: number): Promise<DelayedProxy> {
  let roundTrips = 0;
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    connections++;
    const host = connect({ host: '127.0.0.1', port: target, noDelay: true });
    client.setNoDelay(true);
    let hasHeard = true;
    const carry = (from: Socket, to: Socket, onPass: () => void, onArrive: () => void): void => {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('data', async (chunk) => {
        onPass();
        await sleep(oneWayMs);
        onArrive();
        to.write(chunk);
      });
      from.on('end', () => void sleep(oneWayMs).then(() => to.end()));
      from.on('close', () => open.delete(from));
    };
    const speak = (): void => {
      if (hasHeard) roundTrips++;
      hasHeard = false;
    };
    carry(client, host, speak, () => undefined);
    carry(
      host,
      client,
      () => undefined,
      () => {
        hasHeard = true;
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    roundTrips: () => roundTrips,
    connections: () => connections,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
