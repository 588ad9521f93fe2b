import type { ChannelExit, Connection } from '../../src/transport/index.js';

export interface Ran {
  exit: ChannelExit;
  stdout: Buffer;
  stderr: Buffer;
}

/** Runs a command to its end with an optional standard input. */
export async function run(connection: Connection, command: string, input?: string | Uint8Array): Promise<Ran> {
  const channel = await connection.exec(command);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.onStdout((chunk) => stdout.push(chunk));
  channel.onStderr((chunk) => stderr.push(chunk));
  if (input !== undefined) await channel.write(input);
  channel.end();
  const exit = await channel.exit;
  return { exit, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

/** What a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown> & Error;
  }
  throw new Error('it did not fail');
}
