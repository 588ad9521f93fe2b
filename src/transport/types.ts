import type { ConnectionLost } from './errors.js';
import type { DialledAhead } from './ssh/dialled-ahead.js';

/** How a host's key is judged: `strict` wants it known, `accept-new` learns unknown ones, `off` takes any but revoked. */
export type HostKeyChecking = 'strict' | 'accept-new' | 'off';

/** Everything needed to reach one host, made from Ansible's connection variables. */
export interface Target {
  /** The name in the inventory, for messages. */
  name: string;
  kind: 'ssh' | 'local';
  /** `ansible_host`, or the name. ssh_config is looked up under it. */
  address: string;
  /** Undefined: ssh_config decides, then 22. */
  port?: number | undefined;
  /** Undefined: ssh_config decides, then the user who runs kprov. */
  user?: string | undefined;
  password?: string | undefined;
  privateKeyFile?: string | undefined;
  /** `ansible_ssh_common_args` and `ansible_ssh_extra_args`: options of the ssh command, see `parseSshArguments`. */
  commonArgs?: string | undefined;
}

export interface TransportOptions {
  /** What the user asked for on the command line. Undefined: ssh_config decides per host, then `strict`. */
  hostKeyChecking?: HostKeyChecking | undefined;
  /** Read instead of `~/.ssh/config` and `/etc/ssh/ssh_config`; `none` reads nothing. */
  sshConfigFile?: string | undefined;
  /** Used instead of what ssh_config names; new keys are added to the first. */
  knownHostsFiles?: string[] | undefined;
  /**
   * For one host, over all attempts: dialling, handshake, authentication and the pauses between attempts. Time in
   * our own queues and before a passphrase prompt does not count.
   */
  connectTimeoutMs: number;
  /** Default 15 000; three unanswered ones break the connection. */
  keepaliveIntervalMs?: number | undefined;
  /** Asked at most once per key file and transport. Undefined: no passphrase is to be had. */
  askPassphrase(keyFile: string): Promise<string | undefined>;
  /** Told what the user should know and what does not stop us; each text once. */
  warn(message: string): void;
  /** `SSH_AUTH_SOCK`, and what `${NAME}` in ssh_config means. */
  env: Record<string, string | undefined>;
  homeDir: string;
  /** Taken from before anything is dialled. Closed by its owner. */
  dialledAhead?: DialledAhead | undefined;
}

/** How a command ended. `lost`: its end was not seen, so nothing is known about it. */
export type ChannelExit =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: string }
  | { kind: 'lost'; error: ConnectionLost };

/** One running command without a terminal. Bytes pass unchanged. Output that nobody listens to yet is held back. */
export interface Channel {
  /** Resolves when there is room for more. Never throws; rejects with ConnectionLost when the command is gone. */
  write(data: string | Uint8Array): Promise<void>;
  /** Resolves when the bytes have been handed on, so that their buffer may be used again. Rejects likewise. */
  handOn(data: Uint8Array): Promise<void>;
  /** Ends the command's standard input. */
  end(): void;
  onStdout(listener: (chunk: Buffer) => void): void;
  onStderr(listener: (chunk: Buffer) => void): void;
  /** Settles after the last byte of output. Never rejects. */
  readonly exit: Promise<ChannelExit>;
  /** Gives the channel up. The command itself may run on. */
  close(): void;
}

export interface Connection {
  readonly target: Target;
  /** Who is logged in. */
  readonly user: string;
  /** Throws ChannelRefused where the server allows no further session, ConnectionLost where it is gone. */
  exec(command: string): Promise<Channel>;
  /** Settles when the connection breaks; not when it is closed from here. */
  readonly lost: Promise<ConnectionLost>;
  close(): Promise<void>;
}

export interface Transport {
  /** Throws ConnectError; the signal's reason where it was aborted. */
  connect(target: Target, signal?: AbortSignal): Promise<Connection>;
  /** Closes every connection that is still open. */
  close(): Promise<void>;
}
