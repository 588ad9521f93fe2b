import { BaseAgent, OpenSSHAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from './ssh2.js';

/** A key whose private part is not at hand yet: in an agent, or behind a passphrase. */
export interface RemoteKey {
  publicKey: ParsedKey;
  sign(data: Buffer, hash: SigningRequestOptions['hash']): Promise<Buffer>;
}

/** Shows ssh2 a single key as if it were an agent with just that one, which lets it ask first and sign later. */
export class SingleKeyAgent extends BaseAgent<ParsedKey> {
  readonly #key: RemoteKey;

  constructor(key: RemoteKey) {
    super();
    this.#key = key;
  }

  override getIdentities(callback: (error: Error | undefined | null, keys?: ParsedKey[]) => void): void {
    callback(null, [this.#key.publicKey]);
  }

  override sign(
    _publicKey: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const done = typeof options === 'function' ? options : callback;
    const hash = typeof options === 'function' ? undefined : options.hash;
    this.#key.sign(data, hash).then(
      (signature) => done?.(null, signature),
      (error: Error) => done?.(error),
    );
  }
}

/** An agent that waits for a person to unlock it must not hold up a run for long. */
const LIST_TIMEOUT_MS = 5000;

/** The keys of the ssh agents, each asked once a run. */
export class Agents {
  readonly #keys = new Map<string, Promise<RemoteKey[]>>();
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  keys(socket: string): Promise<RemoteKey[]> {
    const keys = this.#keys.get(socket) ?? this.#list(socket);
    this.#keys.set(socket, keys);
    return keys;
  }

  async #list(socket: string): Promise<RemoteKey[]> {
    const agent = new OpenSSHAgent(socket);
    try {
      const keys = await new Promise<ParsedKey[]>((resolve, reject) => {
        setTimeout(() => reject(new Error('no answer in time')), LIST_TIMEOUT_MS).unref();
        agent.getIdentities((error, found) => (error ? reject(error) : resolve((found ?? []) as ParsedKey[])));
      });
      return keys.map((publicKey) => ({ publicKey, sign: (data, hash) => signWith(agent, publicKey, data, hash) }));
    } catch (error) {
      this.#warn(`the ssh agent at ${socket} does not answer (${(error as Error).message}); its keys are not used`);
      return [];
    }
  }
}

function signWith(
  agent: OpenSSHAgentLike,
  key: ParsedKey,
  data: Buffer,
  hash: SigningRequestOptions['hash'],
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = hash === undefined ? {} : { hash };
    agent.sign(key, data, options, (error, signature) => {
      if (error || signature === undefined) reject(error ?? new Error('the agent gave no signature'));
      else resolve(Buffer.from(signature as Uint8Array));
    });
  });
}

type OpenSSHAgentLike = InstanceType<typeof OpenSSHAgent>;
