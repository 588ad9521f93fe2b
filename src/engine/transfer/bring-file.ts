import { type Script, sh } from '../../shell/index.js';
import type { Upload } from '../../tasks/index.js';
import { type Channel, ChannelRefused } from '../../transport/index.js';
import { isLarge } from '../../values/index.js';
import type { StepReport } from '../conversation/shell-session.js';
import { BLOCK_BYTES } from './blocks.js';
import type { Measured, Trial } from './choose-encoding.js';
import { give, type Sessions, take } from './hand-on.js';
import { LARGE_BYTES } from './large-files.js';
import { ownFolder } from './own-folder.js';
import type { Relay, Way } from './relay.js';
import { NotReceived, sendSegment } from './send-segment.js';
import { openSource, type Source } from './source.js';
import type { Transfers } from './transfers.js';

/** What a transfer needs of the conversation it is part of. */
export interface Ways {
  /** Runs a step in the shell that is going to use the file. */
  ask(body: Script): Promise<StepReport>;
  /** Opens a session of the same user that writes to the file. Throws ChannelRefused where there can be no other. */
  receive(reception: { path: string; append: boolean; gzip: boolean }): Promise<{ channel: Channel; input: string }>;
  /** Resolves when the shell takes more. */
  drained(): Promise<void>;
  /** Sessions for handing the file on; undefined where that cannot be. */
  sessions?: Sessions;
  signal: AbortSignal;
}

/** Small files go through the shell itself. */
export const isBroughtApart = ({ content }: Upload): boolean => isLarge(content) || content.length >= LARGE_BYTES;

/** Through the shell, where there can be no other session. */
const PIECE_BYTES = 48 * 1024;

const failed = (msg: string): StepReport => ({ status: 'failed', fields: new Map([['msg', Buffer.from(msg)]]) });

/** What is there already of a file of `size` bytes, and whether the host can unpack. `kp_sum` reads fast where it can. */
const look = (path: string, size: number): Script => sh`${ownFolder(path)}
kp_p=${path}
! command -v gzip >/dev/null 2>&1 || kp_set gzip 1
if [ -f "$kp_p" ] && [ ! -L "$kp_p" ]; then
  kp_stat "$kp_p"
  if [ "$kp_size" -gt 0 ] && [ "$kp_size" -le ${size} ]; then
    kp_sum "$kp_p" && kp_set have "$kp_size $kp_line"
  fi
fi`;

/**
 * One large file on its way to one host. It may be begun again after the connection was lost: what had arrived stays
 * and is continued, if it is what it should be.
 */
export class BringFile {
  readonly #path: string;
  readonly #source: Source;
  readonly #transfers: Transfers;
  readonly #relay: Relay | undefined;
  readonly #leave: (() => void) | undefined;
  readonly #measured: Measured[] = [];
  /** Hosts that have failed to give it. */
  readonly #tried = new Set<string>();
  /** Tells how the last try to get it from another host has ended. */
  #judge: (arrived: boolean) => void = () => undefined;

  constructor(upload: Upload, transfers: Transfers) {
    this.#path = upload.path;
    this.#source = openSource(upload.content);
    this.#transfers = transfers;
    this.#relay = transfers.relayOf(upload);
    this.#leave = this.#relay?.enter();
  }

  /** Undefined: it is there. Otherwise why not, as the step that needs it would have said. Throws ConnectionLost. */
  async run(ways: Ways): Promise<StepReport | undefined> {
    for (;;) {
      const report = await ways.ask(look(this.#path, this.#source.size));
      if (report.status === 'discarded') return undefined;
      if (report.status === 'failed') return report;
      const from = await this.#verified(report.fields.get('have')?.toString());
      this.#judge(from === this.#source.size);
      const canUnpack = report.fields.has('gzip');
      const { sessions } = ways;
      if (!this.#relay || !sessions) return this.#sendFrom(ways, from, canUnpack);
      if (from === this.#source.size) {
        await this.#offer(this.#relay, sessions);
        return undefined;
      }
      const way = await this.#relay.turn(this.#tried, ways.signal);
      if (way.kind === 'direct') {
        return this.#sendDirectly(this.#relay, way, sessions, () => this.#sendFrom(ways, from, canUnpack));
      }
      await this.#take(this.#relay, way, sessions, from, ways.signal);
    }
  }

  /** The turn is only over when the others can have the file from here: else one more would be sent to. */
  async #sendDirectly(relay: Relay, way: Way, sessions: Sessions, send: () => Promise<StepReport | undefined>) {
    const started = performance.now();
    try {
      const failure = await send();
      this.#transfers.noteDirect(this.#source.id, performance.now() - started);
      if (!failure) await this.#offer(relay, sessions);
      return failure;
    } finally {
      relay.done(way, true);
    }
  }

  /** From another host; whether what came is the file is seen by the look that follows. */
  async #take(relay: Relay, way: Way & { kind: 'from' }, sessions: Sessions, from: number, signal: AbortSignal) {
    const { giver } = way;
    // Whatever happens, this host does not come back to that one.
    this.#tried.add(giver.name);
    let problem: string | undefined = 'it was broken off';
    this.#judge = (arrived) => {
      this.#judge = () => undefined;
      relay.done(way, arrived);
      if (arrived) return sessions.tell(`a large file came from ${giver.name}`);
      const why = problem ?? 'what came is not the file';
      sessions.tell(`a large file could not be had from ${giver.name}: ${why}; it is sent from here`);
    };
    const cut = this.#path.lastIndexOf('/');
    const place = { directory: this.#path.slice(0, cut) || '/', name: this.#path.slice(cut + 1) };
    const directMs = this.#transfers.directMs(this.#source.id);
    try {
      problem = await take({ sessions, giver, ...place, from, directMs, signal });
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      problem = error.message;
    }
  }

  /** While other hosts wait for the file, this one gives it to them. */
  async #offer(relay: Relay, sessions: Sessions): Promise<void> {
    if (!relay.isWanted) return;
    try {
      const giver = await give(sessions, this.#path, (gone) => relay.remove(gone));
      if (giver) relay.add(giver);
      else sessions.tell('this host cannot hand a large file on');
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      sessions.tell(`this host cannot hand a large file on: ${error.message}`);
    }
  }

  async #sendFrom(ways: Ways, from: number, canUnpack: boolean): Promise<StepReport | undefined> {
    try {
      const trial = this.#transfers.trialOf(this.#source.id);
      const send = () => this.#send(ways, from, canUnpack, trial);
      return await this.#transfers.one(canUnpack ? () => trial.during(send) : send, ways.signal);
    } catch (error) {
      if (error instanceof ChannelRefused) return this.#throughShell(ways, from);
      if (!(error instanceof NotReceived)) throw error;
      await ways.ask(sh`kp_abandon ${this.#path}`);
      return failed(`cannot write ${this.#path}: ${error.message}`);
    }
  }

  close(): Promise<void> {
    this.#judge(false);
    this.#leave?.();
    return this.#source.close();
  }

  /** How much of what the host has is the beginning of the file. */
  async #verified(have: string | undefined): Promise<number> {
    const [length = '', digest] = have?.split(' ') ?? [];
    const size = Number(length);
    if (!digest || !Number.isSafeInteger(size)) return 0;
    return (await this.#source.digestOfFirst(size)) === digest ? size : 0;
  }

  async #send(ways: Ways, from: number, canUnpack: boolean, trial: Trial): Promise<undefined> {
    const { blocks } = this.#transfers;
    const { size } = this.#source;
    const ratio = await blocks.ratio(this.#source);
    for (let at = from; at < size; ) {
      const segment = trial.next({ left: size - at, ratio, canUnpack, own: this.#measured });
      const gzip = segment.encoding === 'gzip';
      const session = await ways.receive({ path: this.#path, append: at > 0, gzip });
      const started = performance.now();
      // Blocks are the same for all hosts: a part ends where one of them does.
      const end = at + segment.bytes - ((at + segment.bytes) % BLOCK_BYTES);
      const bytes = (segment.bytes >= size - at ? size : end) - at;
      await sendSegment({ ...session, ...segment, bytes, source: this.#source, blocks, from: at, signal: ways.signal });
      const taken = { ...segment, bytes, ms: performance.now() - started };
      this.#measured.push(taken);
      trial.note(taken);
      at += bytes;
    }
  }

  /** In pieces that a shell can take, as text. */
  async #throughShell(ways: Ways, from: number): Promise<StepReport | undefined> {
    const path = this.#path;
    let broken: StepReport | undefined;
    const reports: Promise<void>[] = [];
    const send = (body: Script): void => {
      const done = ways.ask(body).then((report) => {
        if (report.status === 'failed') broken ??= report;
      });
      done.catch(() => undefined);
      reports.push(done);
    };
    if (from === 0) send(sh`{ : >${path}; } 2>/dev/null || kp_cannot_write ${path} ''`);
    for (let at = from; at < this.#source.size && !broken; ) {
      ways.signal.throwIfAborted();
      const piece = await this.#source.read(at, PIECE_BYTES);
      if (piece.length === 0) break;
      at += piece.length;
      send(sh`kp_put ${path} ${piece.toString('base64')}`);
      await ways.drained();
    }
    await Promise.all(reports);
    return broken;
  }
}
