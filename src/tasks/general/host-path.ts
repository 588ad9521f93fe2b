import { type Script, sh } from '../../shell/index.js';

/** A path on the host as a shell word: a relative one that begins with a dash is no option. */
export const hostPath = (path: string): Script => sh`${path.startsWith('-') ? `./${path}` : path}`;
