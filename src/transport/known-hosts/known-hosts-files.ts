import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnostic } from '../../errors/index.js';
import { findKnownHosts, formatKnownHost, type ShownKey } from './judge-host-key.js';
import { type KnownHost, parseKnownHosts } from './parse-known-hosts.js';

/** The known_hosts files of a run: each is read once, and keys are added to them one after the other. */
export class KnownHostsFiles {
  readonly #files = new Map<string, Promise<KnownHost[]>>();
  readonly #warn: (diagnostic: Diagnostic) => void;
  #adding: Promise<void> = Promise.resolve();

  constructor(warn: (diagnostic: Diagnostic) => void) {
    this.#warn = warn;
  }

  /** The lines about each of the names. */
  async find(names: readonly string[], paths: readonly string[]): Promise<KnownHost[][]> {
    const hosts = (await Promise.all(paths.map((path) => this.#read(path)))).flat();
    return names.map((name) => findKnownHosts(name, hosts));
  }

  /** Adds a line by one append, which leaves what is there alone, also while others append. */
  async add(path: string, name: string, shown: ShownKey, isHashed: boolean): Promise<void> {
    const adding = this.#adding.then(async () => {
      const hosts = await this.#read(path);
      if (findKnownHosts(name, hosts).some((entry) => entry.marker === 'none' && entry.key === shown.key)) return;
      const line = formatKnownHost(name, shown, isHashed ? randomBytes(20) : undefined);
      if (path !== '/dev/null') await appendLine(path, line);
      hosts.push(...parseKnownHosts(line, path).hosts);
    });
    this.#adding = adding.catch(() => undefined);
    return adding;
  }

  #read(path: string): Promise<KnownHost[]> {
    const known = this.#files.get(path) ?? this.#load(path);
    this.#files.set(path, known);
    return known;
  }

  async #load(path: string): Promise<KnownHost[]> {
    try {
      const { hosts, diagnostics } = parseKnownHosts(await readFile(path, 'latin1'), path);
      diagnostics.forEach(this.#warn);
      return hosts;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') {
        this.#warn({ severity: 'warning', code: 'unreadable-known-hosts', message: `cannot read ${path}: ${code}` });
      }
      return [];
    }
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    await file.write(size > 0 && last.toString('latin1') !== '\n' ? `\n${line}` : line);
  } finally {
    await file.close();
  }
}
