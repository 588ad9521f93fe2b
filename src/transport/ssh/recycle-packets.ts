import type { Duplex } from 'node:stream';
import type { SshClient } from '../auth/ssh2.js';

/** What ssh2 1.17 keeps to itself. */
interface Cipher {
  /** Length, padding length, room for the payload, padding, room for the code that proves it. */
  allocPacket(payloadBytes: number): Buffer;
  encrypt(packet: Buffer): void;
  /** The native cipher: it encrypts in place, and hands on the very buffer it was given. */
  _instance?: unknown;
}
interface Protocol {
  channelData(channel: number, data: Buffer | string): void;
  _cipher: Cipher;
  /** Set while keys are exchanged anew: packets wait then. */
  _kexinit?: unknown;
}

const CHANNEL_DATA = 94;
const LENGTHS_BYTES = 5;
const HEADER_BYTES = 9;
/** Smaller ones are few where it matters. */
const LEAST_BYTES = 16 * 1024;
/** 16 MiB of the usual size, kept for the next file. */
const MOST_FREE = 512;

const free = new Map<number, Buffer[]>();

function giveBack(packet: Buffer): void {
  const alike = free.get(packet.length) ?? [];
  free.set(packet.length, alike);
  if (alike.length < MOST_FREE) alike.push(packet);
}

/** The first bytes and the size of a packet with so large a payload, as the cipher makes them. */
interface Shape {
  cipher: Cipher;
  payloadBytes: number;
  packetBytes: number;
  lengths: Buffer;
}

/**
 * Large packets of a connection use the same buffers again and again. ssh2 makes a new one for each, and as V8 collects
 * its whole heap for every 64 MiB of such buffers, that took a third of the time that a large file took on this side.
 * A buffer is free once the stream has done with it. What stands in the place of its padding, which is random in a new
 * one, is then what was encrypted there before. Where ssh2 is not as it is known here, nothing is changed.
 */
export function recyclePackets(client: SshClient, stream: Duplex): void {
  const { _protocol: protocol } = client as unknown as { _protocol?: Protocol };
  if (typeof protocol?.channelData !== 'function' || typeof protocol._cipher?.allocPacket !== 'function') return;
  const sendAsEver = protocol.channelData.bind(protocol);
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  let leaving: Buffer | undefined;
  let shape: Shape | undefined;

  stream.write = (...given: unknown[]) => {
    const [chunk] = given;
    if (chunk !== leaving || leaving === undefined) return write(...given);
    const packet = leaving;
    return write(packet, (error?: Error | null) => {
      if (!error) giveBack(packet);
    });
  };

  const take = (cipher: Cipher, payloadBytes: number): Buffer => {
    if (shape?.cipher === cipher && shape.payloadBytes === payloadBytes) {
      const packet = free.get(shape.packetBytes)?.pop();
      if (packet) return fill(packet, shape.lengths);
    }
    const packet = cipher.allocPacket(payloadBytes);
    const lengths = Buffer.from(packet.subarray(0, LENGTHS_BYTES));
    shape = { cipher, payloadBytes, packetBytes: packet.length, lengths };
    return packet;
  };

  protocol.channelData = (channel, data) => {
    const cipher = protocol._cipher;
    const isBulk = typeof data !== 'string' && data.length >= LEAST_BYTES;
    if (!isBulk || cipher._instance === undefined || protocol._kexinit !== undefined) return sendAsEver(channel, data);
    const packet = take(cipher, HEADER_BYTES + data.length);
    packet[LENGTHS_BYTES] = CHANNEL_DATA;
    packet.writeUInt32BE(channel, LENGTHS_BYTES + 1);
    packet.writeUInt32BE(data.length, LENGTHS_BYTES + 5);
    packet.set(data, LENGTHS_BYTES + HEADER_BYTES);
    leaving = packet;
    try {
      cipher.encrypt(packet);
    } finally {
      leaving = undefined;
    }
  };
}

function fill(packet: Buffer, lengths: Buffer): Buffer {
  packet.set(lengths, 0);
  return packet;
}
