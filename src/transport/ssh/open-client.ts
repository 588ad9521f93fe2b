import type { Duplex, Readable } from 'node:stream';
import { Authenticator, type AuthenticatorOptions } from '../auth/authenticator.js';
import { Client, type SshClient } from '../auth/ssh2.js';
import type { ConnectError } from '../errors.js';
import type { ShownKey } from '../known-hosts/judge-host-key.js';
import { offerAlgorithms } from './algorithms.js';
import { explainClosed, explainHandshakeError, explainLoginFailure, type LoginFailure } from './explain.js';
import { Dropped } from './handshake-gate.js';
import { hurryLogin } from './hurry-login.js';
import { ignoreHostKeys } from './ignore-host-keys.js';
import { recyclePackets } from './recycle-packets.js';

export interface OpenOptions extends AuthenticatorOptions {
  stream: Duplex;
  label: string;
  isJump: boolean;
  /** The types of the keys we know of the host. */
  knownTypes: ReadonlySet<string>;
  /** Undefined: the key is right. It comes before any credential is sent. */
  checkHostKey(shown: ShownKey): ConnectError | undefined;
  /** The key exchange has proven that the server holds the key it showed. */
  onHostKeyProven(shown: ShownKey): void;
  keepaliveIntervalMs: number;
  keepaliveCountMax: number;
  signal: AbortSignal;
}

const MOST_GREETING = 256;

/**
 * Speaks SSH over a stream until the user is logged in. The client it returns keeps listeners for errors for good.
 * Throws ConnectError, Dropped (worth another try), or the signal's reason. The stream is destroyed on failure.
 */
export function openClient(options: OpenOptions): Promise<SshClient> {
  const { stream, host, label, plan, signal } = options;
  const authenticator = new Authenticator(options);
  const client = new Client();
  let phase: 'handshake' | 'login' | 'done' = 'handshake';
  let hostKeyError: ConnectError | undefined;
  let shown: ShownKey | undefined;
  let greeting = '';

  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (phase === 'done') return;
      phase = 'done';
      signal.removeEventListener('abort', abort);
      client.destroy();
      stream.destroy();
      reject(error);
    };
    const abort = (): void => fail(signal.reason);
    const failure = (cause: Error | undefined): LoginFailure => ({
      host,
      label,
      plan,
      attempts: authenticator.attempts,
      hasPassword: options.password !== undefined,
      isJump: options.isJump,
      cause,
    });
    const explain = (error: Error & { level?: string }): unknown => {
      if (hostKeyError !== undefined) return hostKeyError;
      if (phase === 'handshake') return explainHandshakeError(error, greeting, host, label);
      const isRefusal = error.level === 'client-authentication' || /too many authentication/i.test(error.message);
      if (isRefusal || authenticator.attempts.passwordExpired) return explainLoginFailure(failure(error));
      // A person took longer over the passphrase than the server waits: it is known by now.
      if (authenticator.attempts.prompted) return new Dropped(error.message, { cause: error });
      return explainClosed(failure(error));
    };

    client
      .on('error', (error: Error & { level?: string }) => {
        // An agent that does not sign is not the end: ssh2 goes on with the next method.
        if (error.level !== 'agent') fail(explain(error));
      })
      .on('handshake', () => {
        if (phase !== 'handshake') return;
        phase = 'login';
        if (shown !== undefined) options.onHostKeyProven(shown);
      })
      .on('change password', () => {
        authenticator.attempts.passwordExpired = true;
        fail(explainLoginFailure(failure(undefined)));
      })
      .on('close', () => fail(explain(new Error('Connection lost before handshake was complete'))))
      .on('ready', () => {
        if (phase === 'done') return;
        phase = 'done';
        signal.removeEventListener('abort', abort);
        recyclePackets(client, stream);
        resolve(client);
      });
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });

    const verify = (blob: Buffer): boolean => {
      const now = { type: keyType(blob), key: blob.toString('base64') };
      // At a later key exchange the server must still be the one it was.
      if (shown !== undefined) return shown.key === now.key;
      hostKeyError = options.checkHostKey(now);
      if (hostKeyError === undefined) shown = now;
      return hostKeyError === undefined;
    };
    try {
      client.connect({
        // ssh2 takes any stream; its types only name the readable half.
        sock: stream as Readable,
        username: host.user,
        readyTimeout: 0,
        algorithms: offerAlgorithms(options.knownTypes),
        hostVerifier: verify,
        authHandler: authenticator.handle as never,
        keepaliveInterval: options.keepaliveIntervalMs,
        keepaliveCountMax: options.keepaliveCountMax,
        ...(host.forwardAgent && host.agentSocket !== undefined ? { agent: host.agentSocket, agentForward: true } : {}),
      });
      ignoreHostKeys(client);
      const [first] = options.isPasswordOnly ? [] : plan.offers;
      if (first?.key.kind === 'local') hurryLogin(client, first.key.privateKey);
      // What a server says before it is known to be one tells why it hung up. ssh2 has paused the stream by now.
      stream.on('data', function listen(chunk: Buffer) {
        greeting += chunk.toString('latin1');
        if (phase !== 'handshake' || greeting.length > MOST_GREETING) stream.off('data', listen);
      });
    } catch (error) {
      fail(error);
    }
  });
}

function keyType(blob: Buffer): string {
  return blob.length < 4 ? '' : blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
}
