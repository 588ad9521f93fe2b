import { posix } from 'node:path';
import { type Script, sh } from '../../shell/index.js';

/**
 * The folder that a file is brought into is there, and nobody else's: a step that is sent again after a lost connection
 * may have done its work before, and taken it away with the rest.
 */
export function ownFolder(path: string): Script {
  const folder = posix.dirname(path);
  return sh`{ [ -d ${folder} ] && [ ! -L ${folder} ] && [ -O ${folder} ]; } || mkdir -- ${folder} 2>/dev/null || { kp_fail ${`cannot make the directory ${folder}`}; return 1; }`;
}
