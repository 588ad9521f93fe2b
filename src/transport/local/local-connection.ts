import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { ConnectionLost } from '../errors.js';
import { holdOutput, type Output } from '../held-output.js';
import { localUser } from '../local-user.js';
import type { Channel, ChannelExit, Connection, Target } from '../types.js';
import { writeThrough, writeWithBackpressure } from '../write-with-backpressure.js';

/** A command on the control machine, with the manners of one over SSH. */
class LocalChannel implements Channel {
  readonly exit: Promise<ChannelExit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #writers = new Set<(error: ConnectionLost) => void>();

  constructor(child: ChildProcessWithoutNullStreams, name: string) {
    this.#child = child;
    this.#stdout = holdOutput(child.stdout);
    this.#stderr = holdOutput(child.stderr);
    const gone = (): void => {
      const error = new ConnectionLost(`${name}: the command no longer reads its input`);
      for (const reject of this.#writers) reject(error);
    };
    child.stdin.on('error', gone).on('close', gone);
    this.exit = new Promise((resolve) => {
      child.on('error', (cause) => {
        const error = new ConnectionLost(`${name}: /bin/sh could not be started: ${cause.message}`, { cause });
        resolve({ kind: 'lost', error });
      });
      child.on('close', (code, signal) => {
        resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal });
      });
    });
  }

  write(data: string | Uint8Array): Promise<void> {
    return writeWithBackpressure(this.#child.stdin, data, this.#writers);
  }

  handOn(data: Uint8Array): Promise<void> {
    return writeThrough(this.#child.stdin, data, this.#writers);
  }

  end(): void {
    this.#child.stdin.end();
  }

  onStdout(listener: (chunk: Buffer) => void): void {
    this.#stdout.listen(listener);
  }

  onStderr(listener: (chunk: Buffer) => void): void {
    this.#stderr.listen(listener);
  }

  /** As sshd does: the pipes go, the process is left to notice. */
  close(): void {
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy();
    this.#child.unref();
  }
}

/** "Connects" to the control machine: each command is a `/bin/sh -c` in a session of its own. */
export function connectLocally(target: Target, env: Record<string, string | undefined>): Connection {
  const channels = new Set<LocalChannel>();
  return {
    target,
    user: localUser(env),
    // A machine does not lose the connection to itself.
    lost: new Promise(() => undefined),
    exec: async (command) => {
      // Its own session, so that Ctrl-C in our terminal is ours to handle, as with a remote host.
      const child = spawn('/bin/sh', ['-c', command], { env, detached: true, stdio: 'pipe' });
      const channel = new LocalChannel(child, target.name);
      channels.add(channel);
      void channel.exit.then(() => channels.delete(channel));
      return channel;
    },
    close: async () => {
      for (const channel of channels) channel.close();
    },
  };
}
