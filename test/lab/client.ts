import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeSSH } from 'node-ssh';
import { addressOf, type Bed, type BedHost } from './bed.js';

/** What a command on a host came to. */
export interface HostResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HostCommandOptions {
  /** Default: root. */
  readonly user?: 'root' | 'vagrant' | 'ops';
  readonly stdin?: string;
  /** After which the command counts as hung; below jest's own limit, so that the test says which it was. Default: 240. */
  readonly seconds?: number;
}

/**
 * Runs a command on a host of the bed and returns how it ended. It shares no code with kprov's own transport, so
 * that tests see hosts as they are, not as kprov sees them. The host's key is checked.
 *
 * @throws Error when the login fails, or when the command ended without an exit code (killed, connection lost, hung).
 */
export async function onHost(
  bed: Bed,
  host: BedHost,
  command: string,
  { user = 'root', stdin = '', seconds = 240 }: HostCommandOptions = {},
): Promise<HostResult> {
  const { client, close } = await logIn(bed, host, user);
  let isHung = false;
  const deadline = setTimeout(() => {
    isHung = true;
    close();
  }, seconds * 1000);
  try {
    // latin1 carries bytes unchanged: node-ssh decodes each chunk by itself, which tears a character of several
    // bytes that spans two chunks.
    const result = await client.execCommand(command, { stdin, noTrim: true, encoding: 'latin1' });
    if (isHung) throw new Error(`${host}: \`${command}\` has not ended after ${seconds} s: ${result.stderr.trim()}`);
    if (typeof result.code !== 'number') {
      throw new Error(`${host}: \`${command}\` ended without an exit code (signal ${result.signal ?? 'unknown'})`);
    }
    return { code: result.code, stdout: fromLatin1(result.stdout), stderr: fromLatin1(result.stderr) };
  } finally {
    clearTimeout(deadline);
    close();
  }
}

/**
 * As `onHost`, for commands that must succeed: returns their standard output.
 *
 * @throws Error with the command's standard error when its exit code is not 0.
 */
export async function outputOf(
  bed: Bed,
  host: BedHost,
  command: string,
  options: HostCommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await onHost(bed, host, command, options);
  if (code !== 0) throw new Error(`${host}: \`${command}\` ended with ${code}: ${stderr.trim()}`);
  return stdout;
}

async function logIn(bed: Bed, host: BedHost, user: string): Promise<{ client: NodeSSH; close: () => void }> {
  const outer = host === 'inner' ? await logIn(bed, 'bastion', 'root') : undefined;
  try {
    const client = new NodeSSH();
    await client.connect({
      host: addressOf(bed, host),
      username: user,
      privateKeyPath: bed.privateKeyFile,
      hostVerifier: (key: Buffer) => hostKeys(bed, host).some((known) => known.equals(key)),
      ...(outer && { sock: await outer.client.forwardOut('127.0.0.1', 0, addressOf(bed, host), 22) }),
    });
    // node-ssh listens for errors only while it connects; an error on an idle connection would end the process.
    // A command that it cuts short has no exit code, which is reported there.
    client.connection?.on('error', () => {});
    return {
      client,
      close: () => {
        client.dispose();
        outer?.close();
      },
    };
  } catch (error) {
    outer?.close();
    throw error;
  }
}

function hostKeys(bed: Bed, host: BedHost): Buffer[] {
  return ['ed25519', 'ecdsa', 'rsa'].map((type) => {
    const line = readFileSync(join(bed.state, 'hosts', host, `ssh_host_${type}_key.pub`), 'utf8');
    return Buffer.from(line.split(' ')[1] ?? '', 'base64');
  });
}

const fromLatin1 = (text: string) => Buffer.from(text, 'latin1').toString('utf8');
