import type { ResolvedHost } from '../config/resolve-host.js';
import type { Agents, RemoteKey } from './agents.js';
import { isUsable, type KeyFile, type KeyFiles, type UnusableKeyFile } from './key-files.js';
import type { ParsedKey } from './ssh2.js';

/** One key to offer. */
export interface KeyOffer {
  /** For messages: where it comes from. */
  source: string;
  key:
    | { kind: 'local'; privateKey: ParsedKey }
    | { kind: 'remote'; remote: RemoteKey }
    | { kind: 'locked'; file: KeyFile };
}

export interface KeyPlan {
  offers: readonly KeyOffer[];
  /** Key files that were asked for and cannot be used. */
  unusable: readonly UnusableKeyFile[];
}

/**
 * The keys for a host in the order they are offered: those of the named files (by the agent where it holds them, which
 * saves the passphrase), then the agent's others, then the default files. `IdentitiesOnly` leaves the named ones.
 */
export async function planKeys(host: ResolvedHost, keyFiles: KeyFiles, agents: Agents): Promise<KeyPlan> {
  if (!host.methods.keys) return { offers: [], unusable: [] };
  const [files, held] = await Promise.all([
    Promise.all(
      host.identityFiles.map(async ({ path, isDefault }) => ({ isDefault, file: await keyFiles.load(path) })),
    ),
    host.agentSocket === undefined ? [] : agents.keys(host.agentSocket),
  ]);
  const left = new Set(held);
  const named: KeyOffer[] = [];
  const defaults: KeyOffer[] = [];
  const unusable: UnusableKeyFile[] = [];
  for (const { isDefault, file } of files) {
    if (!isUsable(file)) {
      if (!isDefault || !file.isMissing) unusable.push(file);
      continue;
    }
    const twin = [...left].find(({ publicKey }) => isSame(publicKey, file.publicKey));
    const offer = twin === undefined ? offerFile(file) : offerRemote(twin, `${file.path} in the ssh agent`);
    if (offer === undefined) {
      unusable.push({
        path: file.path,
        problem: 'is only a public key, and the ssh agent does not hold it',
        isMissing: false,
      });
      continue;
    }
    if (twin !== undefined) left.delete(twin);
    (isDefault ? defaults : named).push(offer);
  }
  const others = [...left].map((remote) => offerRemote(remote, `"${remote.publicKey.comment}" in the ssh agent`));
  // Without named files, the default ones count as named for IdentitiesOnly, as in ssh.
  return { offers: host.identitiesOnly ? [...named, ...defaults] : [...named, ...others, ...defaults], unusable };
}

const isSame = (a: ParsedKey, b: ParsedKey | undefined): boolean => b?.getPublicSSH().equals(a.getPublicSSH()) === true;

const offerRemote = (remote: RemoteKey, source: string): KeyOffer => ({ source, key: { kind: 'remote', remote } });

function offerFile(file: KeyFile): KeyOffer | undefined {
  if (file.privateKey !== undefined) return { source: file.path, key: { kind: 'local', privateKey: file.privateKey } };
  return file.unlock === undefined ? undefined : { source: file.path, key: { kind: 'locked', file } };
}
