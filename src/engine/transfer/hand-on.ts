import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import { giveFile, type Script, takeFile } from '../../shell/index.js';
import type { Channel } from '../../transport/index.js';
import { makeKeyPair } from '../../transport/index.js';
import { makeNonce } from '../conversation/nonce.js';
import type { Giver } from './relay.js';

/** What handing on needs of the conversation with a host. */
export interface Sessions {
  /** Inventory name. */
  host: string;
  /** Starts a script in a session of the task's user; what is written to it afterwards is the script's own input. */
  start(script: Script): Promise<Channel>;
  /** The host's address as it knows it itself; undefined where it cannot be told. */
  address(): Promise<string | undefined>;
  /** Said with -v only. */
  tell(message: string): void;
}

/** A host gives a file for so long at most, whatever becomes of the run. */
const GIVE_SECONDS = 900;
/** Where nothing was heard of the server for so long, there is none. */
const START_MS = 15_000;
/** A take may last as long as this, and three times as long as the file took from here. */
const LEAST_TAKE_MS = 20_000;
const PORTS = 3;
const MOST_SAID = 1000;

function listen(channel: Channel): () => string {
  let said = '';
  channel.onStdout(() => undefined);
  channel.onStderr((chunk) => {
    said = (said + chunk.toString()).slice(-MOST_SAID);
  });
  return () => said.trim();
}

/** Resolves with the words of the first line that a session marks so; undefined where it ends or takes too long. */
function marked(channel: Channel, mark: string, limitMs: number): Promise<string[] | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => resolve(undefined), limitMs);
    const end = (words: string[] | undefined): void => {
      clearTimeout(timer);
      resolve(words);
    };
    channel.onStderr(() => undefined);
    channel.onStdout((chunk) => {
      text = (text + chunk.toString('latin1')).slice(-2 * MOST_SAID);
      const line = text
        .split('\n')
        .slice(0, -1)
        .find((each) => each.startsWith(mark));
      if (line !== undefined) end(line.slice(mark.length).trim().split(' '));
    });
    void channel.exit.then(() => end(undefined));
  });
}

/** The words of the one marked line that a session says. */
export const answer = (channel: Channel, nonce: string, word: string): Promise<string[] | undefined> =>
  marked(channel, `@${nonce} ${word} `, START_MS);

/** Has the host give the file until it is closed. Undefined where it cannot; never throws for what the host does. */
export async function give(
  sessions: Sessions,
  path: string,
  onGone: (giver: Giver) => void,
): Promise<Giver | undefined> {
  const address = await sessions.address();
  if (address === undefined || isIP(address) === 0) return undefined;
  const [host, user] = [makeKeyPair(), makeKeyPair()];
  const nonce = makeNonce();
  const ports = Array.from({ length: PORTS }, () => randomInt(20_000, 32_000));
  const channel = await sessions.start(
    giveFile({ nonce, path, address, ports, hostKey: host.private, userKey: user.public, limitSeconds: GIVE_SECONDS }),
  );
  const [port, login] = (await answer(channel, nonce, 'gives')) ?? [];
  if (!ports.includes(Number(port)) || login === undefined || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(login)) {
    channel.close();
    return undefined;
  }
  const giver: Giver = {
    name: sessions.host,
    address,
    port: Number(port),
    user: login,
    hostKey: host.public,
    userKey: user.private,
    close: () => channel.end(),
  };
  void channel.exit.then(() => onGone(giver));
  return giver;
}

export interface TakeRequest {
  sessions: Sessions;
  giver: Giver;
  directory: string;
  name: string;
  from: number;
  /** How long the file took from here, where that is known. */
  directMs: number | undefined;
  signal: AbortSignal;
}

/** Has the host take the file. Undefined: it says that it has; otherwise why not. Throws the signal's reason. */
export async function take(request: TakeRequest): Promise<string | undefined> {
  const { sessions, giver, directory, name, from, signal } = request;
  const limitMs = Math.max(LEAST_TAKE_MS, 3 * (request.directMs ?? LEAST_TAKE_MS));
  const limitSeconds = Math.ceil(limitMs / 1000);
  const { address, port, user, hostKey, userKey } = giver;
  const channel = await sessions.start(
    takeFile({ directory, name, from, address, port, user, hostKey, userKey, limitSeconds }),
  );
  const said = listen(channel);
  const abort = (): void => channel.close();
  signal.addEventListener('abort', abort, { once: true });
  // The host keeps the time itself; this is for one that hangs.
  const timer = setTimeout(abort, limitMs + START_MS);
  const exit = await channel.exit;
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (exit.kind === 'lost') return exit.error.message;
  if (exit.kind === 'signalled') return `it was ended by ${exit.signal}`;
  return exit.code === 0 ? undefined : said() || `exit code ${exit.code}`;
}
