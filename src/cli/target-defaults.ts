import type { ConnectionDefaults } from '../engine/conversation/connection-variables.js';
import type { ConnectionFlags } from './options.js';

/** What the command line says about reaching hosts. */
export const targetDefaults = (
  flags: ConnectionFlags,
): Pick<ConnectionDefaults, 'port' | 'user' | 'privateKeyFile' | 'connection' | 'commonArgs'> => ({
  ...(flags.port !== undefined && { port: flags.port }),
  ...(flags.user !== undefined && { user: flags.user }),
  ...(flags.privateKey !== undefined && { privateKeyFile: flags.privateKey }),
  ...(flags.connection !== undefined && { connection: flags.connection }),
  ...(flags.sshCommonArgs !== undefined && { commonArgs: flags.sshCommonArgs }),
});
