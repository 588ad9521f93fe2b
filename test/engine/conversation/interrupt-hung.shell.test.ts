import { type Channel, type Connection, ConnectionLost, type Transport } from '../../../src/transport/index.js';
import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

/** A host that hangs as soon as it has begun: it says nothing more, and opens no further session. */
function hanging(onHung: () => void): (transport: Transport) => Transport {
  let sessions = 0;
  const deaf = (channel: Channel, exit: Channel['exit'], begun: () => boolean): Channel => ({
    exit,
    write: (data) => channel.write(data),
    handOn: (data) => channel.handOn(data),
    end: () => undefined,
    close: () => undefined,
    onStderr: () => undefined,
    onStdout: (listener) =>
      channel.onStdout((chunk) => {
        if (begun()) return;
        listener(chunk);
      }),
  });
  const hang = (connection: Connection): Connection => {
    let cut: () => void = () => undefined;
    const exit: Channel['exit'] = new Promise((resolve) => {
      cut = () => resolve({ kind: 'lost', error: new ConnectionLost('cut') });
    });
    return {
      target: connection.target,
      user: connection.user,
      lost: connection.lost,
      close: async () => {
        cut();
        await connection.close();
      },
      exec: async (command) => {
        if (++sessions > 1) return new Promise(() => undefined);
        const channel = await connection.exec(command);
        let answers = 0;
        return deaf(channel, exit, () => {
          // The greeting gets through.
          if (answers++ > 0) return true;
          setTimeout(onHung, 500);
          return false;
        });
      },
    };
  };
  return (transport) => ({
    connect: async (target, signal) => hang(await transport.connect(target, signal)),
    close: () => transport.close(),
  });
}

test('an interrupted run ends although a host hangs, and says that the outcome is not known', async () => {
  const controller = new AbortController();
  const files = {
    'hosts.ini': localHosts(['h1']),
    'playbook.yml': JSON.stringify([{ hosts: 'h1', gather_facts: false, tasks: [{ command: 'sleep 60' }] }]),
  };
  const begun = Date.now();
  const wrap = hanging(() => controller.abort(new Error('interrupted')));
  const { hosts } = await runPlaybookFiles({ files, wrap, signal: controller.signal });
  expect(Date.now() - begun).toBeLessThan(40_000);
  expect(hosts.h1).toEqual([expect.objectContaining({ status: 'unreachable' })]);
  expect(hosts.h1?.[0]?.result).toMatchObject({ outcome: 'unknown' });
}, 60_000);
