import { generateKeyPair } from './ssh2.js';

/** An ed25519 key pair in OpenSSH's formats, for a single use. */
export function makeKeyPair(): { private: string; public: string } {
  const pair = generateKeyPair('ed25519');
  return { private: pair.private, public: pair.public };
}
