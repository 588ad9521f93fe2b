import type { SshClient } from '../auth/ssh2.js';

/** What ssh2 1.17 keeps to itself. */
interface Protocol {
  _handlers?: { GLOBAL_REQUEST?(protocol: unknown, name: string, wantsReply: boolean, data: unknown): void };
}

/**
 * After a login OpenSSH's server tells all the host keys it has. ssh2 has it prove each of them, by a signature and a
 * round trip, for whoever would learn new ones (`UpdateHostKeys`); nobody does here. Where ssh2 is not as it is known
 * here, nothing is changed.
 */
export function ignoreHostKeys(client: SshClient): void {
  const handlers = (client as unknown as { _protocol?: Protocol })._protocol?._handlers;
  const handle = handlers?.GLOBAL_REQUEST;
  if (!handlers || !handle) return;
  handlers.GLOBAL_REQUEST = (protocol, name, wantsReply, data) => {
    if (wantsReply || name !== 'hostkeys-00@openssh.com') handle(protocol, name, wantsReply, data);
  };
}
