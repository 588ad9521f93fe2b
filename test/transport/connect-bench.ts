/**
 * Wall time of 50 logins with `true` to one sshd: kprov's transport beside a bare ssh2 loop that checks nothing.
 * Run it with: npx tsx test/transport/connect-bench.ts
 */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import ssh2 from 'ssh2';
import { run } from './run.js';
import { SshBed } from './sshd.js';

const HOSTS = 50;
const ROUNDS = 7;

const bed = new SshBed();
bed.key('user');
const server = await bed.sshd({ config: ['MaxStartups 200:30:300', 'LogLevel ERROR'] });
const privateKey = readFileSync(bed.path('user'));

function bare(): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on('error', reject).on('ready', () => {
      client.exec('true', (error, channel) => {
        if (error) return reject(error);
        channel.resume();
        channel.stderr.resume();
        channel.on('close', () => client.end());
      });
    });
    client.on('close', () => resolve());
    client.connect({ host: '127.0.0.1', port: server.port, username: userInfo().username, privateKey });
  });
}

async function ours(): Promise<void> {
  const transport = bed.transport();
  await Promise.all(
    Array.from({ length: HOSTS }, async () => {
      const connection = await transport.connect(server.target());
      await run(connection, 'true');
      await connection.close();
    }),
  );
  await transport.close();
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const times = { bare: [] as number[], ours: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, work] of [
    ['bare', () => Promise.all(Array.from({ length: HOSTS }, bare))],
    ['ours', ours],
  ] as const) {
    const start = performance.now();
    await work();
    times[name].push(performance.now() - start);
  }
}
const [plain, own] = [median(times.bare), median(times.ours)];
console.log(`bare ssh2 ${Math.round(plain)} ms, kprov ${Math.round(own)} ms, ratio ${(own / plain).toFixed(2)}`);
await bed.close();
