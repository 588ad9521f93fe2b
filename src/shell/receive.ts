import type { Become } from './program.js';
import { asUser } from './program.js';

/** What a session is to do with the bytes that come in. */
export interface Reception {
  /** Where they go: in a directory that is this user's alone. Without line breaks. */
  path: string;
  /** Behind what is there, rather than instead of it. */
  append: boolean;
  /** Whether they are compressed. */
  gzip: boolean;
}

/** True for a path that `renderReception` can name. */
export const canReceive = (path: string): boolean => !path.includes('\n');

/**
 * The command of a session that writes its standard input to a file, as that user, and what goes ahead of the file's
 * bytes. The path travels in the input, so that the command holds no character that a login shell could take amiss.
 * `read` takes a byte at a time, so nothing of the file is lost to it. The directory is entered and looked at before
 * anything is written in it: whoever may rename it cannot have put a link of his own in its place.
 */
export function renderReception(
  become: Become,
  nonce: string,
  reception: Reception,
): { command: string; input: string } {
  const { path, append, gzip } = reception;
  const enter = `IFS= read -r d; IFS= read -r p; cd -P -- "$d" && [ -O . ] || exit 9; case $(stat -c %a .) in *700) ;; *) exit 9;; esac`;
  const receive = `umask 077; ${enter}; exec ${gzip ? 'gzip -dc' : 'cat'} >${append ? '>' : ''}"./$p"`;
  const cut = path.lastIndexOf('/');
  return asUser(become, nonce, receive, `${cut < 0 ? '.' : path.slice(0, cut) || '/'}\n${path.slice(cut + 1)}\n`);
}
