import { type Become, renderLogin, sh } from '../../shell/index.js';
import type { Connection } from '../../transport/index.js';
import { makeNonce } from './nonce.js';
import { ShellSession } from './shell-session.js';
import { apart } from './step.js';

/** After an interrupt a host that has not said a word for so long counts as hung. */
const hangMs = 10_000;

export interface Interrupted {
  session: ShellSession;
  isBusy: boolean;
  connection: Connection;
  /** Whose shell it is. */
  become: Become;
}

/** Has the shell end after the step it is in: what it was sent behind that is not begun. */
export async function interrupt({ session, isBusy, connection, become }: Interrupted): Promise<void> {
  const { pid } = session;
  // A host that hangs answers nobody, and nobody would ever leave.
  const hung = setTimeout(() => void connection.close(), hangMs);
  void session.ended.then(() => clearTimeout(hung));
  if (pid === undefined || !isBusy) return session.close();
  const nonce = makeNonce();
  try {
    const channel = await connection.exec(renderLogin(become, nonce).command);
    const messenger = new ShellSession(channel, { become, nonce });
    await messenger.send({ ...apart, nonce: makeNonce(), epoch: 0, body: sh`kill -TERM ${pid}` });
    messenger.close();
  } catch {
    // No second session is to be had: the shell ends with the next word it says.
    session.close();
  } finally {
    clearTimeout(hung);
  }
}
