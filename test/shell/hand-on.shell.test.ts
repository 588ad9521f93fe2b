import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { giveFile, type Script, takeFile } from '../../src/shell/index.js';
import { makeKeyPair } from '../../src/transport/index.js';
import { freePort } from '../transport/sshd.js';

jest.setTimeout(60_000);

const shells = [['dash'], ['bash'], ['busybox', 'sh']].filter(([name]) => {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`]);
    return true;
  } catch {
    return false;
  }
});

const content = randomBytes(3_000_000);
let folder: string;
let temporary: string;
const children: ChildProcessWithoutNullStreams[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-hand-on-'));
  temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  mkdirSync(join(folder, 'there'), { mode: 0o700 });
  writeFileSync(join(folder, 'file'), content);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    const end = ended(child);
    child.stdin.destroy();
    if (child.exitCode === null && child.signalCode === null) await end;
  }
  rmSync(folder, { recursive: true });
});

function start(shell: readonly string[], script: Script): ChildProcessWithoutNullStreams {
  const [name = '', ...args] = shell;
  const child = spawn(name, [...args, '-s'], { env: { ...process.env, TMPDIR: temporary } });
  children.push(child);
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${script}\n`);
  return child;
}

const ended = (child: ChildProcessWithoutNullStreams): Promise<number | null> =>
  new Promise((resolve) => child.once('close', resolve));

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.unref();
    setTimeout(() => socket.destroy(), 200);
  });

async function until(claim: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await claim()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it has not come about');
}

async function giving(shell: readonly string[]) {
  const [host, user] = [makeKeyPair(), makeKeyPair()];
  const ports = [await freePort()];
  const address = '127.0.0.1';
  const path = join(folder, 'file');
  const keys = { hostKey: host.private, userKey: user.public };
  const child = start(shell, giveFile({ nonce: 'abc', path, address, ports, ...keys, limitSeconds: 60 }));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await until(() => said.includes('\n@abc gives '));
  const port = Number(/@abc gives (\d+) /.exec(said)?.[1]);
  expect(said).toBe(`\n@abc gives ${ports[0]} ${userInfo().username}\n`);
  const taking = { address, port, user: userInfo().username, hostKey: host.public, userKey: user.private };
  const there = { directory: join(folder, 'there'), name: 'part', limitSeconds: 60 };
  return { child, port, taking: { ...taking, ...there } };
}

describe.each(shells.map((shell) => ({ name: shell.join(' '), shell })))('in $name', ({ shell }) => {
  test('a file goes from one to the other, also when it has been moved, and from any place on', async () => {
    const { child, port, taking } = await giving(shell);
    renameSync(join(folder, 'file'), join(folder, 'moved'));
    for (const from of [0, 1, 1_234_567]) {
      writeFileSync(join(folder, 'there/part'), content.subarray(0, from));
      expect(await ended(start(shell, takeFile({ ...taking, from })))).toBe(0);
      expect(readFileSync(join(folder, 'there/part')).equals(content)).toBe(true);
    }
    child.stdin.end();
    await ended(child);
    await until(async () => !(await isOpen(port)));
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('a login can run nothing else, and needs the key', async () => {
    const { port, taking } = await giving(shell);
    writeFileSync(join(folder, 'key'), taking.userKey, { mode: 0o600 });
    writeFileSync(join(folder, 'other'), makeKeyPair().private, { mode: 0o600 });
    const login = (key: string, command: string[]): string => {
      const options = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
      const only = ['-o', 'IdentitiesOnly=yes', '-i', join(folder, key), '-p', `${port}`, '127.0.0.1'];
      try {
        return execFileSync('ssh', ['-F', 'none', ...options, ...only, ...command], { stdio: 'pipe' }).toString(
          'latin1',
        );
      } catch (error) {
        return `refused ${(error as { stderr: Buffer }).stderr.toString()}`;
      }
    };
    expect(login('key', ['touch', join(folder, 'touched')])).toMatch(/^refused/);
    expect(login('key', [`0; touch ${join(folder, 'touched')}`])).toMatch(/^refused/);
    expect(existsSync(join(folder, 'touched'))).toBe(false);
    expect(login('key', [`${content.length - 3}`])).toBe(content.subarray(-3).toString('latin1'));
    expect(login('other', ['0'])).toContain('Permission denied');
  });

  test('when the control side is gone both end, and nothing is left', async () => {
    const { child, port, taking } = await giving(shell);
    execFileSync('truncate', ['-s', '30G', join(folder, 'file')]);
    const take = () => start(shell, takeFile({ ...taking, from: 0 }));
    let taker = take();
    // On a machine that is busy ssh may give up before sshd has said a word.
    await until(() => {
      if (taker.exitCode !== null) taker = take();
      return (statSync(join(folder, 'there/part'), { throwIfNoEntry: false })?.size ?? 0) > 0;
    });
    taker.stdin.destroy();
    expect(await ended(taker)).not.toBe(0);
    child.stdin.destroy();
    await ended(child);
    await until(async () => !(await isOpen(port)));
    expect(readdirSync(temporary)).toEqual([]);
  });
});
