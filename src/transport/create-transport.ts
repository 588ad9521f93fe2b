import { anySignal } from './any-signal.js';
import { ConnectionLost } from './errors.js';
import { connectLocally } from './local/local-connection.js';
import { SshConnector } from './ssh/ssh-connector.js';
import type { Connection, Transport, TransportOptions } from './types.js';

/** The one way to hosts: over SSH, or to the control machine itself for `ansible_connection=local`. */
export function createTransport(options: TransportOptions): Transport {
  const ssh = new SshConnector(options);
  const open = new Set<Connection>();
  const closing = new AbortController();
  return {
    async connect(target, signal) {
      const stop = anySignal(signal, closing.signal);
      stop.throwIfAborted();
      const connection: Connection =
        target.kind === 'local' ? connectLocally(target, options.env) : await ssh.connect(target, stop);
      open.add(connection);
      void connection.lost.then(() => open.delete(connection));
      return connection;
    },
    async close() {
      closing.abort(new ConnectionLost('the transport was closed'));
      await Promise.all([...open].map((connection) => connection.close()));
      open.clear();
      await ssh.close();
    },
  };
}
