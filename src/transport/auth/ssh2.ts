import ssh2 from 'ssh2';

/** ssh2 is CommonJS: its parts are taken from the one default import here. */
export const { BaseAgent, Client, OpenSSHAgent } = ssh2;
export const { parseKey, generateKeyPairSync: generateKeyPair } = ssh2.utils;
export type {
  AnyAuthMethod,
  Client as SshClient,
  ClientChannel,
  ParsedKey,
  SignCallback,
  SigningRequestOptions,
} from 'ssh2';
