import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createTransport, type Target, type Transport, type TransportOptions } from '../../src/transport/index.js';

/** A folder of its own for one test file: keys, known_hosts, sshd configurations. */
export class SshBed {
  readonly dir = mkdtempSync(join(tmpdir(), 'kprov-ssh-'));
  readonly warnings: string[] = [];
  readonly #servers: Sshd[] = [];
  readonly #transports: Transport[] = [];
  readonly #processes: ChildProcess[] = [];

  path(name: string): string {
    return join(this.dir, name);
  }

  write(name: string, text: string, mode = 0o600): string {
    mkdirSync(join(this.path(name), '..'), { recursive: true, mode: 0o700 });
    writeFileSync(this.path(name), text, { mode });
    return this.path(name);
  }

  /** Makes a key pair and returns the path of the private key. */
  key(name: string, type = 'ed25519', passphrase = '', format: 'RFC4716' | 'PEM' = 'RFC4716'): string {
    const bits = type === 'rsa' ? ['-b', '2048'] : [];
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...bits,
      '-N',
      passphrase,
      '-m',
      format,
      '-C',
      name,
      '-f',
      this.path(name),
    ]);
    return this.path(name);
  }

  publicKey(name: string): string {
    return readFileSync(`${this.path(name)}.pub`, 'utf8').trim();
  }

  async sshd(options: SshdOptions = {}): Promise<Sshd> {
    const server = new Sshd(this, options, this.#servers.length);
    this.#servers.push(server);
    await server.start();
    return server;
  }

  /** A transport whose home is this folder and that knows nothing of the machine's own configuration. */
  transport(options: Partial<TransportOptions> = {}): Transport {
    const transport = createTransport({
      hostKeyChecking: undefined,
      sshConfigFile: 'none',
      knownHostsFiles: [this.path('known_hosts')],
      connectTimeoutMs: 10_000,
      askPassphrase: async () => undefined,
      warn: (message) => this.warnings.push(message),
      env: {},
      homeDir: this.dir,
      ...options,
    });
    this.#transports.push(transport);
    return transport;
  }

  /** Starts a real ssh-agent and returns its socket. */
  async agent(...keys: string[]): Promise<string> {
    const socket = this.path(`agent-${this.#processes.length}`);
    this.#processes.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
    await until(() => canConnect(socket));
    for (const key of keys) {
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    }
    return socket;
  }

  async close(): Promise<void> {
    for (const transport of this.#transports) await transport.close();
    for (const server of this.#servers) await server.stop();
    for (const child of this.#processes) child.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface SshdOptions {
  /** Lines of sshd_config. */
  config?: string[];
  hostKeyTypes?: string[];
  /** Names of the key pairs of the bed that may log in; default `user`. */
  authorized?: string[];
  /** Leaves known_hosts as it is. */
  unknown?: boolean;
}

/** A real sshd on a port of its own on the loopback interface. */
export class Sshd {
  port = 0;
  readonly hostKeys: string[];
  readonly #bed: SshBed;
  readonly #options: SshdOptions;
  readonly #name: string;
  #process: ChildProcess | undefined;
  #log = '';

  constructor(bed: SshBed, options: SshdOptions, index: number) {
    this.#bed = bed;
    this.#options = options;
    this.#name = `sshd-${index}`;
    this.hostKeys = (options.hostKeyTypes ?? ['ed25519']).map((type) => bed.key(`${this.#name}-${type}`, type));
  }

  get log(): string {
    return this.#log;
  }

  /** Signals every process that serves a connection, not the one that listens. */
  signalSessions(signal: NodeJS.Signals): void {
    for (const [, pid] of this.#log.matchAll(/(?:Forked child|User child is on pid) (\d+)/g)) {
      try {
        process.kill(Number(pid), signal);
      } catch {
        // It has ended.
      }
    }
  }

  async start(): Promise<void> {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    this.port ||= await freePort();
    const authorized = (this.#options.authorized ?? ['user']).map((name) => this.#bed.publicKey(name)).join('\n');
    const config = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      ...this.hostKeys.map((key) => `HostKey ${key}`),
      `AuthorizedKeysFile ${this.#bed.write(`${this.#name}-authorized`, `${authorized}\n`)}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'PermitRootLogin yes',
      ...(this.#options.config ?? []),
      // At this level sshd tells the processes of its sessions. The first value of a keyword wins.
      'LogLevel DEBUG1',
    ];
    const file = this.#bed.write(`${this.#name}-config`, `${config.join('\n')}\n`);
    this.#process = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk) => {
      this.#log += String(chunk);
    });
    await until(() => canConnect(this.port));
    if (this.#options.unknown !== true) this.learn();
  }

  /** Adds the server's keys to the known_hosts of the bed. */
  learn(...types: string[]): void {
    const known = this.hostKeys.filter((key) => types.length === 0 || types.some((type) => key.endsWith(`-${type}`)));
    const lines = known.map((key) => `[127.0.0.1]:${this.port} ${readFileSync(`${key}.pub`, 'utf8')}`);
    writeFileSync(this.#bed.path('known_hosts'), lines.join(''), { flag: 'a' });
  }

  target(changes: Partial<Target> = {}): Target {
    return {
      name: 'node1',
      kind: 'ssh',
      address: '127.0.0.1',
      port: this.port,
      user: userInfo().username,
      privateKeyFile: this.#bed.path('user'),
      ...changes,
    };
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function until(isTrue: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`still not true after ${timeoutMs} ms: ${isTrue}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function canConnect(where: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
