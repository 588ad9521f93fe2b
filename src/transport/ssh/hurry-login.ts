import type { ParsedKey, SshClient } from '../auth/ssh2.js';
import { signWith } from './sign-with.js';

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

/** What ssh2 1.17 keeps to itself. */
interface Protocol {
  service(name: string): void;
  authPK(user: string, key: ParsedKey, algorithm?: string, sign?: Sign): void;
  _handlers: Handlers;
}
interface Handlers {
  SERVICE_ACCEPT(protocol: Protocol, name: string): void;
  /** Which signatures the server takes, and other extensions of its own. */
  EXT_INFO(...heard: unknown[]): void;
}

/**
 * A login whose first credential is a private key at hand takes fewer round trips: the request for it is signed instead
 * of asking first whether such a key would do (RFC 4252, 7, leaves that to the client), and it leaves with the request
 * for the service that it needs, which the server has accepted by the time it comes to it (where the server's system
 * holds small packets back until the one before is acknowledged, that one is not saved). Keys after the first are asked
 * about, as signing is dear and most of them would not do. To be called after `connect`, before anything has
 * come from the server. Where ssh2 is not as it is known here, nothing is changed.
 */
export function hurryLogin(client: SshClient, key: ParsedKey): void {
  const { _protocol: protocol } = client as unknown as { _protocol?: Protocol };
  const { SERVICE_ACCEPT: accept, EXT_INFO: hear } = protocol?._handlers ?? {};
  if (typeof protocol?.authPK !== 'function' || typeof protocol.service !== 'function' || !accept || !hear) return;
  signFirst(protocol, key);
  // How to sign with RSA the server says a moment before it accepts the service.
  expectAcceptance(protocol, accept, key.type === 'ssh-rsa');
}

function signFirst(protocol: Protocol, first: ParsedKey): void {
  const request = protocol.authPK.bind(protocol);
  protocol.authPK = (user, key, algorithm, sign) => {
    protocol.authPK = request;
    if (sign !== undefined || key !== first) return request(user, key, algorithm, sign);
    request(user, key, algorithm, (data, done) => {
      const signature = signWith(key, algorithm, data);
      if (signature instanceof Error) request(user, key, algorithm);
      else done(signature);
    });
  };
}

function expectAcceptance(protocol: Protocol, accept: Handlers['SERVICE_ACCEPT'], needsAlgorithms: boolean): void {
  const request = protocol.service.bind(protocol);
  const handlers = protocol._handlers;
  protocol.service = (name) => {
    protocol.service = request;
    request(name);
    let isAccepted = false;
    const goOn = (): void => {
      if (!isAccepted) accept(protocol, name);
      isAccepted = true;
    };
    handlers.SERVICE_ACCEPT = goOn;
    if (!needsAlgorithms) return goOn();
    const hear = handlers.EXT_INFO;
    handlers.EXT_INFO = (...heard) => {
      hear(...heard);
      goOn();
    };
  };
}
