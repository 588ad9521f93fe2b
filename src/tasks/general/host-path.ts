import { type Script, sh } from '../../shell/index.js';

/** A path on the host as a shell word; a leading `~` is the home of the user that the program runs as. */
export function hostPath(path: string): Script {
  if (path === '~') return sh`"$\{HOME:-/root}"`;
  return path.startsWith('~/') ? sh`"$\{HOME:-/root}"${path.slice(1)}` : sh`${guarded(path)}`;
}

/** A relative path that begins with a dash is no option. */
const guarded = (path: string): string => (path.startsWith('-') ? `./${path}` : path);
