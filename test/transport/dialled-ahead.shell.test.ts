import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { resolveHost } from '../../src/transport/config/resolve-host.js';
import { DialledAhead } from '../../src/transport/ssh/dialled-ahead.js';
import { freePort, until } from './sshd.js';

let server: Server;
let port: number;
let accepted: Socket[];

beforeEach(async () => {
  accepted = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => {
  for (const socket of accepted) socket.destroy();
  server.close();
});

const surroundings = { homeDir: '/nonexistent', env: {} };
const target = (more: object = {}) => ({
  name: 'n1',
  kind: 'ssh' as const,
  address: '127.0.0.1',
  port,
  commonArgs: '-F none',
  ...more,
});
const host = (at = port) => ({
  ...resolveHost('127.0.0.1', { ...surroundings, localUser: 'me', localHostName: 'here', lists: [] }).host,
  port: at,
});
const noSignal = new AbortController().signal;

test('a connection is taken once, and what the server said meanwhile is read by whoever took it', async () => {
  const ahead = new DialledAhead(surroundings);
  ahead.dial(target());
  await until(() => accepted.length === 1);
  accepted[0]?.write('SSH-2.0-x\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const socket = await ahead.take(host(), noSignal);
  expect(await ahead.take(host(), noSignal)).toBeUndefined();
  const [said] = socket === undefined ? [] : await once(socket, 'data');
  expect(String(said)).toBe('SSH-2.0-x\r\n');
  socket?.destroy();
});

test('a connection that does not stand yet is waited for', async () => {
  const ahead = new DialledAhead(surroundings);
  ahead.dial(target());
  const socket = await ahead.take(host(), noSignal);
  expect(socket?.readyState).toBe('open');
  socket?.destroy();
});

test('what was refused or has ended meanwhile is not taken', async () => {
  const ahead = new DialledAhead(surroundings);
  const closed = await freePort();
  ahead.dial(target({ port: closed }));
  expect(await ahead.take(host(closed), noSignal)).toBeUndefined();
  ahead.dial(target());
  await until(() => accepted.length === 1);
  accepted[0]?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await ahead.take(host(), noSignal)).toBeUndefined();
});

test('waiting ends with the signal, and the connection with it', async () => {
  const ahead = new DialledAhead(surroundings);
  ahead.dial(target());
  await expect(ahead.take(host(), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  expect(await ahead.take(host(), noSignal)).toBeUndefined();
});

test('to one server there are eight at most, and closing closes what nobody took', async () => {
  const ahead = new DialledAhead(surroundings);
  for (let i = 0; i < 12; i++) ahead.dial(target());
  await until(() => accepted.length === 8);
  let ended = 0;
  for (const socket of accepted) socket.resume().on('close', () => ended++);
  ahead.close();
  await until(() => ended === 8);
  expect(accepted).toHaveLength(8);
});
