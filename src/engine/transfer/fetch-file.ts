import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Script, sh } from '../../shell/index.js';
import type { Download } from '../../tasks/index.js';
import type { StepReport } from '../conversation/shell-session.js';

const PIECE_MIB = 4;
/** Asked for ahead of what is written: as many pieces are in memory. */
const AHEAD = 2;

export interface FetchWays {
  /** Runs a step in the shell of the task's user. */
  ask(body: Script): Promise<StepReport>;
  signal: AbortSignal;
  /** Nothing is written. */
  check: boolean;
}

const isOfTheSystem = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'syscall' in error;

/** SHA-1 and MD5 of a file, read in pieces; undefined where it cannot be read. */
async function sumsOf(path: string): Promise<{ sha1: string; md5: string } | undefined> {
  const [sha1, md5] = [createHash('sha1'), createHash('md5')];
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      sha1.update(piece);
      md5.update(piece);
    }
  } catch {
    return undefined;
  }
  return { sha1: sha1.digest('hex'), md5: md5.digest('hex') };
}

/**
 * One large file on its way from a host: in pieces through the host's shell into a temporary file beside the place where
 * it goes, which it takes at one instant, if it is what the host said. May be begun again after a lost connection: it
 * goes on where it was.
 */
export class FetchFile {
  readonly #download: Download;
  readonly #temporary: string;
  readonly #sha1 = createHash('sha1');
  readonly #md5 = createHash('md5');
  #at = 0;
  #file: FileHandle | undefined;

  constructor(download: Download) {
    this.#download = download;
    this.#temporary = `${download.to}.kprov-${process.pid}`;
  }

  /** What became of it, as fields of the step's report; a report: why it failed. Undefined: the host discards steps. */
  async run(ways: FetchWays): Promise<ReadonlyMap<string, string> | StepReport | undefined> {
    try {
      return await this.#run(ways);
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      const msg = `cannot write on the control machine: ${error.message}`;
      return { status: 'failed', fields: new Map([['msg', Buffer.from(msg)]]) };
    }
  }

  async #run(ways: FetchWays): Promise<ReadonlyMap<string, string> | StepReport | undefined> {
    const { to, size, sha1 } = this.#download;
    if (this.#at === 0) {
      const there = await stat(to).catch(() => undefined);
      const sums = there?.isFile() && there.size === size ? await sumsOf(to) : undefined;
      if (sums?.sha1 === sha1) return this.#fields('same', sums.sha1, sums.md5);
    }
    if (ways.check) return this.#fields('new', sha1, '');
    const failure = await this.#bring(ways);
    if (failure) return failure.status === 'discarded' ? undefined : failure;
    const came = this.#sha1.digest('hex');
    await this.#file?.close();
    this.#file = undefined;
    if (came === sha1) await rename(this.#temporary, to);
    return this.#fields('new', came, this.#md5.digest('hex'));
  }

  /** Nothing stays of a file that did not come whole. */
  async close(): Promise<void> {
    await this.#file?.close();
    await rm(this.#temporary, { force: true });
  }

  #fields(state: 'same' | 'new', sha1: string, md5: string): ReadonlyMap<string, string> {
    return new Map([
      ['download', state],
      ['download_sha1', sha1],
      ['download_md5', md5],
      ['download_remote', this.#download.sha1],
    ]);
  }

  async #bring({ ask, signal }: FetchWays): Promise<StepReport | undefined> {
    const { path, to, size } = this.#download;
    mkdirSync(dirname(to), { recursive: true });
    this.#file ??= await open(this.#temporary, 'wx', 0o644).catch(async () => {
      await rm(this.#temporary, { force: true });
      return open(this.#temporary, 'wx', 0o644);
    });
    // A piece that was cut off by a lost connection is asked for again as a whole: only whole ones are written.
    const bytes = PIECE_MIB * 1024 * 1024;
    const piece = (at: number) => {
      const report = ask(
        sh`kp_open piece; dd bs=1048576 skip=${at / 1048576} count=${PIECE_MIB} <${path} 2>/dev/null; kp_close`,
      );
      report.catch(() => undefined);
      return report;
    };
    const asked: Promise<StepReport>[] = [];
    for (let next = this.#at; this.#at < size; ) {
      signal.throwIfAborted();
      for (; next < size && asked.length < AHEAD; next += bytes) asked.push(piece(next));
      const report = await asked.shift();
      if (report === undefined || report.status !== 'ok') return report;
      const content = report.fields.get('piece') ?? Buffer.alloc(0);
      // It has become shorter: the checksum says so.
      if (content.length === 0) break;
      const part = content.subarray(0, size - this.#at);
      await this.#file.write(part, 0, part.length, this.#at);
      this.#sha1.update(part);
      this.#md5.update(part);
      this.#at += part.length;
    }
    return undefined;
  }
}
