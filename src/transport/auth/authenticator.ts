import type { ResolvedHost } from '../config/resolve-host.js';
import { SingleKeyAgent } from './agents.js';
import type { KeyOffer, KeyPlan } from './plan-keys.js';
import type { AnyAuthMethod, ParsedKey } from './ssh2.js';

/**
 * sshd ends a connection at the sixth failure (MaxAuthTries 6, its default): with a password there must be room for it.
 */
const MOST_KEYS = 6;
const MOST_KEYS_BEFORE_PASSWORD = 4;

export interface AuthenticatorOptions {
  host: ResolvedHost;
  plan: KeyPlan;
  password: string | undefined;
  /** Leaves the keys out: a second attempt after the server had enough of them. */
  isPasswordOnly: boolean;
  /** Stops the clock of the connection attempt while a person is asked. */
  whilePrompting<T>(work: () => Promise<T>): Promise<T>;
}

/** What was tried, for the message when nothing helped. */
export interface Attempts {
  offered: string[];
  notOffered: number;
  triedPassword: boolean;
  /** What the server would accept, as far as it said so. */
  accepted: readonly string[] | undefined;
  passwordExpired: boolean;
  prompted: boolean;
}

/**
 * Decides which credential is tried next. The server's `none` answer is not asked for, which saves a round trip;
 * every failure tells the methods that are left.
 */
export class Authenticator {
  readonly attempts: Attempts = {
    offered: [],
    notOffered: 0,
    triedPassword: false,
    accepted: undefined,
    passwordExpired: false,
    prompted: false,
  };
  readonly #options: AuthenticatorOptions;
  readonly #keys: KeyOffer[];
  #steps: ('keys' | 'password' | 'keyboard' | 'ask')[] = ['keys', 'password', 'keyboard', 'ask'];

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    const most = options.password === undefined ? MOST_KEYS : MOST_KEYS_BEFORE_PASSWORD;
    this.#keys = options.isPasswordOnly ? [] : options.plan.offers.slice(0, most);
    this.attempts.notOffered = options.isPasswordOnly ? 0 : options.plan.offers.length - this.#keys.length;
  }

  /** ssh2's `authHandler`: `left` is null before the first answer, and stays as it was after a key of an agent. */
  readonly handle = (left: readonly string[] | null, _isPartial: boolean | null, next: Next): void => {
    if (left !== null) this.attempts.accepted = left;
    this.#next(left).then(next, () => next(false));
  };

  async #next(left: readonly string[] | null): Promise<AnyAuthMethod | false> {
    const { host, password } = this.#options;
    const username = host.user;
    const isOpen = (method: string): boolean => left === null || left.includes(method);
    for (;;) {
      const step = this.#steps[0];
      if (step === undefined) return false;
      if (step === 'keys') {
        const offer = isOpen('publickey') ? this.#keys.shift() : undefined;
        const method = offer && (await this.#methodFor(offer, username));
        if (method !== undefined) return method;
        if (offer !== undefined) continue;
      }
      this.#steps.shift();
      if (step === 'password' && password !== undefined && host.methods.password && isOpen('password')) {
        this.attempts.triedPassword = true;
        return { type: 'password', username, password };
      }
      if (step === 'keyboard' && password !== undefined && host.methods.keyboard && this.#needsKeyboard(left)) {
        this.attempts.triedPassword = true;
        return { type: 'keyboard-interactive', username, prompt: this.#answer(password) };
      }
      // Keys of agents alone leave us without word of what the server wants: the answer to `none` says it.
      if (step === 'ask' && left === null) return { type: 'none', username };
    }
  }

  /** A password that was refused is not tried a second time over the keyboard: accounts lock after a few failures. */
  #needsKeyboard(left: readonly string[] | null): boolean {
    if (left?.includes('keyboard-interactive') === false) return false;
    return !this.attempts.triedPassword || left?.includes('password') === false;
  }

  async #methodFor(offer: KeyOffer, username: string): Promise<AnyAuthMethod | undefined> {
    const { key, source } = offer;
    if (key.kind === 'local') {
      this.attempts.offered.push(source);
      return { type: 'publickey', username, key: key.privateKey };
    }
    if (key.kind === 'remote') {
      this.attempts.offered.push(source);
      return { type: 'agent', username, agent: new SingleKeyAgent(key.remote) };
    }
    const { publicKey, unlock } = key.file;
    const open = async (): Promise<ParsedKey | undefined> => {
      this.attempts.prompted = true;
      return this.#options.whilePrompting(async () => unlock?.());
    };
    if (publicKey !== undefined) {
      this.attempts.offered.push(source);
      const sign = async (data: Buffer, hash: string | undefined): Promise<Buffer> => {
        const privateKey = await open();
        if (privateKey === undefined) throw new Error(`${source} is locked`);
        return privateKey.sign(data, hash);
      };
      return { type: 'agent', username, agent: new SingleKeyAgent({ publicKey, sign }) };
    }
    const privateKey = await open();
    if (privateKey === undefined) return undefined;
    this.attempts.offered.push(source);
    return { type: 'publickey', username, key: privateKey };
  }

  #answer(password: string): KeyboardPrompt {
    let isAnswered = false;
    return (_name, _instructions, _language, prompts, finish) => {
      if (prompts.some(({ prompt }) => /new\s+(?:unix\s+)?password/i.test(prompt)))
        this.attempts.passwordExpired = true;
      // Only hidden input gets the password, once: what is echoed asks for something else.
      const answers = prompts.map(({ echo }) => (echo === false && !isAnswered ? password : ''));
      isAnswered = true;
      finish(answers);
    };
  }
}

type Next = (method: AnyAuthMethod | false) => void;
type KeyboardPrompt = Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt'];
