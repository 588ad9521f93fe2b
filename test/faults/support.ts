import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressOf, type Bed, type BedHost, readBed } from '../lab/bed.js';

export const bed: Bed = readBed();

/** The program under test: the built one, or a build with something broken on purpose. */
const program = process.env.KPROV_PROGRAM ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** What it has written so far, standard output and standard error. */
  said(): string;
  /** Resolves when it has written something that matches; rejects when it ends before. */
  says(pattern: RegExp): Promise<void>;
}

/** Programs of a test that has failed must not hold hosts against those that follow. */
const underWay = new Set<ChildProcess>();
afterEach(() => {
  for (const child of underWay) child.kill('SIGKILL');
  underWay.clear();
});

/** Starts kprov as a user would, without a terminal. */
export function start(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  underWay.add(child);
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  let isOver = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      isOver = true;
      underWay.delete(child);
      resolve({ code, signal, stdout, stderr });
      wake();
    });
  });
  const said = () => stdout + stderr;
  const says = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(said())) resolve();
        else if (isOver) reject(new Error(`it ended without ${pattern}:\n${said()}`));
        else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });
  return { child, ended, said, says };
}

export const kprov = (args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) =>
  start(args, options).ended;

/** One task on one host, from `--output json`. */
export interface Reported {
  host: string;
  task: string;
  status: string;
  message: string;
}

/** The results of a run with `--output json`. */
export function resultsOf(stdout: string): Reported[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((event) => event.type === 'task-finished')
    .map(({ host, task, result }) => ({ host, task: task.name, status: result.status, message: result.message ?? '' }));
}

export type Direction = 'up' | 'down';

/** A TCP proxy in front of a host's sshd, which can break in the ways networks do. */
export class FaultyLine {
  readonly bytes: Record<Direction, number> = { up: 0, down: 0 };
  connections = 0;
  port = 0;
  /** Breaks once when so many bytes have passed. */
  breakAt: { direction: Direction; bytes: number; how: 'cut' | 'hole' | (() => void) } | undefined;
  /** How long each piece is under way, in each direction. */
  delayMs = 0;
  /** New connections vanish as well. */
  isHole = false;
  readonly #server: Server;
  readonly #pairs = new Set<{ near: Socket; far: Socket; deaf: boolean }>();

  private constructor(address: string) {
    this.#server = createServer((near) => {
      this.connections++;
      const far = connect({ host: address, port: 22, noDelay: true });
      const pair = { near, far, deaf: this.isHole };
      this.#pairs.add(pair);
      const end = () => {
        if (pair.deaf) return;
        near.destroy();
        far.destroy();
        this.#pairs.delete(pair);
      };
      for (const socket of [near, far]) socket.on('error', () => undefined).on('close', end);
      const pass = (direction: Direction, to: Socket) => (chunk: Buffer) => {
        if (pair.deaf) return;
        const before = this.bytes[direction];
        this.bytes[direction] += chunk.length;
        const at = this.breakAt;
        if (at?.direction !== direction || this.bytes[direction] < at.bytes) {
          if (this.delayMs === 0) to.write(chunk);
          else setTimeout(() => to.writable && to.write(chunk), this.delayMs);
          return;
        }
        this.breakAt = undefined;
        to.write(chunk.subarray(0, at.bytes - before));
        if (at.how === 'cut') setImmediate(() => this.cut());
        else if (at.how === 'hole') this.hole();
        else at.how();
      };
      near.on('data', pass('up', far));
      far.on('data', pass('down', near));
    });
  }

  static async before(host: BedHost): Promise<FaultyLine> {
    const proxy = new FaultyLine(addressOf(bed, host));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    const address = proxy.#server.address();
    proxy.port = typeof address === 'object' && address ? address.port : 0;
    return proxy;
  }

  /** Ends every connection, as a router that resets them. */
  cut(): void {
    for (const { near, far } of [...this.#pairs]) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Nothing passes any more on the connections there are, and nobody is told. */
  hole(): void {
    for (const pair of this.#pairs) pair.deaf = true;
  }

  close(): void {
    for (const pair of this.#pairs) {
      pair.deaf = false;
      pair.near.destroy();
      pair.far.destroy();
    }
    this.#server.close();
  }
}

const hostKeys = (host: BedHost) =>
  ['ed25519', 'ecdsa', 'rsa'].map((type) =>
    readFileSync(join(bed.state, 'hosts', host, `ssh_host_${type}_key.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' '),
  );

export interface HostLine {
  name: string;
  host: BedHost;
  /** Reached through it. */
  proxy?: FaultyLine;
  /** `key=value` words of the inventory. */
  extra?: string;
  user?: string;
}

/** A folder with an inventory of the bed's hosts and a playbook; removed by `remove`. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), 'kprov-faults-'));

  constructor(hosts: readonly HostLine[], playbook: string, files: Readonly<Record<string, string>> = {}) {
    const known: string[] = [];
    const lines = hosts.map(({ name, host, proxy, extra = '', user = 'root' }) => {
      const address = proxy ? '127.0.0.1' : addressOf(bed, host);
      const port = proxy?.port ?? 22;
      for (const key of hostKeys(host)) known.push(`${port === 22 ? address : `[${address}]:${port}`} ${key}`);
      return `${name} ansible_host=${address} ansible_port=${port} ansible_user=${user} ${extra}`;
    });
    const common = [
      '[all:vars]',
      `ansible_ssh_private_key_file=${bed.privateKeyFile}`,
      `ansible_ssh_common_args="-F none -o UserKnownHostsFile=${join(this.directory, 'known_hosts')} -o ServerAliveInterval=1"`,
    ];
    this.write('hosts.ini', `${[...lines, ...common].join('\n')}\n`);
    this.write('known_hosts', `${known.join('\n')}\n`);
    this.write('site.yml', playbook);
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.directory, name), content);
  }

  /** A login may take a minute on a busy machine, where `args` say nothing else. */
  start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Running {
    const options = { cwd: this.directory, env: { ANSIBLE_TIMEOUT: '60', ...env } };
    return start(['up', '-i', 'hosts.ini', 'site.yml', ...args], options);
  }

  run(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The container that plays a host. */
export const dockerOf = (host: BedHost): string => `${bed.name}-${host}-1`;

/** A command on a host, past its SSH server, which may be what is broken. Throws when it fails. */
export const on = (host: BedHost, command: string): string =>
  execFileSync('docker', ['exec', '-i', dockerOf(host), 'sh'], {
    input: command,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 30_000,
    maxBuffer: 512 * 1024 * 1024,
  }).toString();

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Leaves a test out of the short selection (KPROV_FAULTS=short). */
export const lengthy = process.env.KPROV_FAULTS === 'short' ? test.skip : test;

/** Rejects when there is no answer within the time (default 60 s, as machines may be busy): a shell that waits for the end of a quote says nothing. */
export function soon<T>(answer: Promise<T>, limitMs = 60_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the shell does not answer')), limitMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** A figure for the end of the table. */
export const figure = (text: string): void => void process.stdout.write(`figure: ${text}\n`);

/** Makes projects that are gone after each test. */
export function makeProjects(): (...parts: ConstructorParameters<typeof Project>) => Project {
  const projects: Project[] = [];
  afterEach(() => {
    for (const project of projects.splice(0)) project.remove();
  });
  return (...parts) => {
    const project = new Project(...parts);
    projects.push(project);
    return project;
  };
}

/** The most memory that a run has had so far, in MiB; to be asked when it has ended. */
export function watchMemory(run: Running): () => number {
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${run.child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 100);
  void run.ended.finally(() => clearInterval(look));
  return () => Math.round(peak / 1024);
}

/**
 * A playbook that changes a host in every way there is, for runs that are killed: `clean` takes away what it made,
 * `state` tells what it made, `leftovers` tells what should not be there. It needs `aptRepository`.
 */
export const everyWay = {
  tasks: `
- hosts: all
  gather_facts: false
  tasks:
    - {name: directory, file: {path: /root/faults, state: directory, mode: "0750"}}
    - {name: big, copy: {dest: /root/faults/big, content: "{{ 'a long line of a big file\\n' * 9000 }}", mode: "0640"}}
    - {name: link, file: {src: /root/faults/big, dest: /root/faults/link, state: link}}
    - {name: line, lineinfile: {path: /root/faults/lines, line: "one = 1", create: true}, notify: told}
    - {name: block, blockinfile: {path: /root/faults/lines, block: "two = 2"}}
    - {name: user, user: {name: kprovfault, shell: /bin/sh, groups: adm}}
    - {name: his, copy: {dest: /home/kprovfault/file, content: his, owner: kprovfault, mode: "0600"}}
    - {name: package, apt: {name: kprov-fault}}
    - {name: service, service: {name: kprov-fault, state: started, enabled: true}}
    - {name: sysctl, sysctl: {name: net.ipv4.ip_forward, value: "1", sysctl_file: /etc/sysctl.d/99-faults.conf}}
    - {name: end, copy: {dest: /root/faults/end, content: end}}
  handlers:
    - {name: told, copy: {dest: /root/faults/told, content: told}}
`,
  clean: `rm -rf /root/faults; userdel -r kprovfault 2>/dev/null; rm -f /etc/sysctl.d/99-faults.conf
  systemctl disable --now kprov-fault >/dev/null 2>&1; dpkg --configure -a >/dev/null 2>&1; dpkg -P kprov-fault >/dev/null 2>&1; true`,
  // The handler of a run that was killed is lost with it, as Ansible's is.
  state: `cd /root/faults && stat -c '%n %a %U %G %F' /root/faults big end lines link /home/kprovfault/file && cat lines end big link | sha256sum &&
  id -Gn kprovfault && systemctl is-active kprov-fault && systemctl is-enabled kprov-fault && cat /etc/sysctl.d/99-faults.conf`,
  leftovers: `find / -xdev \\( -name '.kprov-*' -o -name 'tmp.??????????' \\) -newermt '-30 minutes' 2>/dev/null; find /run/kprov -type f ! -name lock ! -name changed ! -name temporary ! -name said -size +0
  flock -n /run/kprov/lock true || echo locked`,
};

/**
 * Makes a repository on a host, with the package kprov-fault that has this postinst, and a service of that name. `more`: a
 * command that adds to what is packed, in the folder of the package's own.
 */
export const aptRepository = (postinst: string, { version = 1, more = ':' } = {}): string => `set -e
rm -rf /srv/faults && mkdir -p /srv/faults/tree/DEBIAN /srv/faults/tree/lib/systemd/system && cd /srv/faults
printf 'Package: kprov-fault
Version: ${version}
Architecture: all
Maintainer: nobody
Description: none
' >tree/DEBIAN/control
cat >tree/DEBIAN/postinst <<'POSTINST'
#!/bin/sh
${postinst}
POSTINST
chmod 755 tree/DEBIAN/postinst
printf '[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
' >tree/lib/systemd/system/kprov-fault.service
(cd tree && ${more})
dpkg-deb -b tree one.deb >/dev/null
{ cat tree/DEBIAN/control; printf 'Filename: ./one.deb
Size: %s
SHA256: %s
' "$(stat -c %s one.deb)" "$(sha256sum <one.deb | cut -c1-64)"; } >Packages
echo 'deb [trusted=yes] file:/srv/faults ./' >/etc/apt/sources.list.d/faults.list
apt-get update -o Dir::Etc::sourcelist=sources.list.d/faults.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 >/dev/null 2>&1`;

/** Takes the repository, the package and the service away again. */
export const noAptRepository = `pkill -x apt-get; pkill -x dpkg; systemctl disable --now kprov-fault >/dev/null 2>&1
  dpkg --configure -a >/dev/null 2>&1; dpkg -P --force-all kprov-fault >/dev/null 2>&1; rm -rf /srv/faults /etc/apt/sources.list.d/faults.list; true`;

/** Waits until it holds. Throws after `limitMs` (default 60 s). */
export async function until(holds: () => boolean, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not come to hold within ${limitMs} ms: ${holds}`);
    await sleep(50);
  }
}
