/** A host that has the file and gives it to others. */
export interface Giver {
  /** Inventory name. */
  name: string;
  address: string;
  port: number;
  user: string;
  /** Public key of its server. */
  hostKey: string;
  /** Private key for whoever is to have the file. */
  userKey: string;
  close(): void;
}

/** Where a host is to get the file from. */
export type Way = { kind: 'direct' } | { kind: 'from'; giver: Giver };

/** As many at once share one host's wire. */
const MOST_TAKERS = 2;
/** One at a time from here: the sooner a host has the file, the sooner it hands it on. */
const MOST_DIRECT = 1;
/** After so many failures without a success the hosts do not reach each other. */
const MOST_FAILURES = 2;

interface Giving {
  giver: Giver;
  takers: number;
  failures: number;
}

/** The way of one large file to many hosts: from the control machine to the first, and on from each that has it. */
export class Relay {
  #givings: Giving[] = [];
  #wanting = 0;
  #direct = 0;
  #failures = 0;
  #successes = 0;
  readonly #changed = new Set<() => void>();

  /** A host wants the file. The returned function says that it no longer does: it has it, or has given up. */
  enter(): () => void {
    this.#wanting++;
    return () => {
      if (--this.#wanting > 0) return;
      for (const { giver } of this.#givings) giver.close();
      this.#givings = [];
    };
  }

  /** Does another host wait for the file? */
  get isWanted(): boolean {
    return this.#wanting > 1 && !this.#isHopeless;
  }

  get #isHopeless(): boolean {
    return this.#successes === 0 && this.#failures >= MOST_FAILURES;
  }

  add(giver: Giver): void {
    this.#givings.push({ giver, takers: 0, failures: 0 });
    this.#tell();
  }

  /** Waits until the file can be had: from a host that has not failed `except`, or from here. Throws the signal's reason. */
  async turn(except: ReadonlySet<string>, signal: AbortSignal): Promise<Way> {
    for (;;) {
      signal.throwIfAborted();
      const giving = this.#givings
        .filter(({ giver, takers }) => takers < MOST_TAKERS && !except.has(giver.name))
        .sort((a, b) => a.takers - b.takers)[0];
      if (giving && !this.#isHopeless) {
        giving.takers++;
        return { kind: 'from', giver: giving.giver };
      }
      if (except.size > 0 || this.#isHopeless || this.#direct < MOST_DIRECT) {
        this.#direct++;
        return { kind: 'direct' };
      }
      await this.#change(signal);
    }
  }

  /** The turn is over. A host that has failed others is asked no more. */
  done(way: Way, succeeded: boolean): void {
    if (way.kind === 'direct') this.#direct--;
    else {
      const giving = this.#givings.find(({ giver }) => giver === way.giver);
      if (giving) giving.takers--;
      if (succeeded) this.#successes++;
      else {
        this.#failures++;
        if (giving && ++giving.failures >= MOST_FAILURES) this.#givings = this.#givings.filter((g) => g !== giving);
        if (giving && giving.failures >= MOST_FAILURES) giving.giver.close();
      }
    }
    this.#tell();
  }

  /** The host no longer gives: its connection is gone. */
  remove(giver: Giver): void {
    this.#givings = this.#givings.filter((giving) => giving.giver !== giver);
    this.#tell();
  }

  #tell(): void {
    for (const tell of [...this.#changed]) tell();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = (end: () => void) => () => {
        this.#changed.delete(changed);
        signal.removeEventListener('abort', aborted);
        end();
      };
      const changed = over(resolve);
      const aborted = over(() => reject(signal.reason));
      this.#changed.add(changed);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
