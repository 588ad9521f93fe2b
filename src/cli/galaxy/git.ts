import { execFile } from 'node:child_process';
import { KprovError } from '../../errors/index.js';

/** What git may fetch over: no helper that runs commands (`ext::`). */
const PROTOCOLS = 'file:git:http:https:ssh';

function git(args: readonly string[], what: string): Promise<string> {
  const env = {
    ...process.env,
    GIT_ALLOW_PROTOCOL: PROTOCOLS,
    GIT_TERMINAL_PROMPT: process.env.GIT_TERMINAL_PROMPT ?? '0',
  };
  return new Promise((done, fail) => {
    execFile(
      'git',
      ['-c', 'core.hooksPath=/dev/null', ...args],
      { env, maxBuffer: 1 << 24 },
      (error, stdout, stderr) => {
        if (error === null) {
          done(stdout.trim());
          return;
        }
        const why =
          error.code === 'ENOENT'
            ? 'there is no program git here'
            : (stderr.trim().split('\n').at(-1) ?? error.message);
        fail(new KprovError('git-failed', what, { why }));
      },
    );
  });
}

/** Clones a repository and checks a version out; what git keeps for itself stays. Throws KprovError. */
export async function clone(source: string, directory: string, version: string | undefined): Promise<void> {
  await git(['clone', '--quiet', '--', source, directory], `cannot clone ${source}`);
  if (version === undefined) return;
  // Without `--` behind it a version could be taken for a file.
  await git(['-C', directory, 'checkout', '--quiet', version, '--'], `${source} has no version ${version}`);
}
