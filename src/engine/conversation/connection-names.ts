/** Every variable that says how a host is reached and whom its tasks become. */
const connectionNames = /^ansible_(host|port|user|pass|connection|become|ssh_|sudo_|su_|private_key|timeout)/;

export const isConnectionVariable = (name: string): boolean => connectionNames.test(name);
