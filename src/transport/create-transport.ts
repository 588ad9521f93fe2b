import { connectLocally } from './local/local-connection.js';
import { SshConnector } from './ssh/ssh-connector.js';
import type { Connection, Transport, TransportOptions } from './types.js';

/** The one way to hosts: over SSH, or to the control machine itself for `ansible_connection=local`. */
export function createTransport(options: TransportOptions): Transport {
  const ssh = new SshConnector(options);
  const open = new Set<Connection>();
  return {
    async connect(target, signal) {
      signal?.throwIfAborted();
      const connection: Connection =
        target.kind === 'local' ? connectLocally(target, options.env) : await ssh.connect(target, signal);
      open.add(connection);
      void connection.lost.then(() => open.delete(connection));
      return connection;
    },
    async close() {
      await Promise.all([...open].map((connection) => connection.close()));
      open.clear();
      await ssh.close();
    },
  };
}
