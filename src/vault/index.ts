export { DEFAULT_ID, isVaulted, parseEnvelope } from './envelope.js';
export { vaultFiles } from './files.js';
export { Vault, type VaultOptions, type VaultSecret } from './vault.js';
