import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a command line of kprov ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What `npm run build` made. */
export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/**
 * Runs the built kprov as a user would, without a terminal. One that has not ended after `seconds` (default: 480) is
 * killed, so that it says how far it came and meets no later test.
 */
export function kprov(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; seconds?: number } = {},
): Promise<Ended> {
  const { seconds = 480 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const deadline = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      const [stdout, stderr] = [Buffer.concat(out).toString(), Buffer.concat(err).toString()];
      if (signal === null) resolve({ code, stdout, stderr });
      else reject(new Error(`kprov ${args.join(' ')}\n${signal}, ${seconds} s\n${stdout.slice(-4000)}\n${stderr}`));
    });
  });
}

/** The numbers of a PLAY RECAP by host. */
export function recapOf(stdout: string): Record<string, Record<string, number>> {
  const recap: Record<string, Record<string, number>> = {};
  for (const line of stdout.slice(stdout.lastIndexOf('PLAY RECAP')).split('\n').slice(1)) {
    const [host, counts] = line.split(' : ');
    if (host === undefined || counts === undefined) continue;
    recap[host.trim()] = Object.fromEntries(
      [...counts.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [String(name), Number(count)]),
    );
  }
  return recap;
}
