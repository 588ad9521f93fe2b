import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The names a bed may have; `bastion` and `inner` only with the profile `bare`, the last three with `others`. */
export type BedHost = 'node1' | 'node2' | 'node3' | 'bastion' | 'inner' | 'rpm' | 'sysv' | 'openrc';

/** A running bed, as `test/lab/lab up` wrote it down. */
export interface Bed {
  readonly name: string;
  /** The bed's folder: keys, known_hosts, inventory. */
  readonly state: string;
  /** Addresses by host name; sshd listens on port 22. */
  readonly hosts: Readonly<Partial<Record<BedHost, string>>>;
  /** Where the hosts reach packages, images and manifests over HTTP. */
  readonly mirror: string;
  /** An unencrypted ed25519 key that root, vagrant and ops accept. */
  readonly privateKeyFile: string;
  /** The hosts' real keys (ed25519, ecdsa, rsa), by name and by address. */
  readonly knownHostsFile: string;
  /** For OpenSSH's own client: `ssh -F … node1`. */
  readonly sshConfigFile: string;
  readonly inventoryFile: string;
  readonly users: {
    readonly root: { readonly name: 'root' };
    /** Becomes root without a password. */
    readonly vagrant: { readonly name: 'vagrant' };
    /** The password serves for the login and for sudo. */
    readonly ops: { readonly name: 'ops'; readonly password: string };
  };
}

/**
 * The bed that the tests are to use: the folder KPROV_LAB_STATE, else the one that `test/lab/lab up` uses for
 * KPROV_LAB_NAME (default `kprov-lab`).
 *
 * @throws Error when no bed was started there.
 */
export function readBed(environment: NodeJS.ProcessEnv = process.env): Bed {
  const state = stateFolder(environment);
  const file = join(state, 'bed.json');
  if (!existsSync(file)) throw new Error(`no test bed: ${file} is missing; start one with: test/lab/lab up`);
  const { name, hosts, mirror } = JSON.parse(readFileSync(file, 'utf8')) as Pick<Bed, 'name' | 'hosts' | 'mirror'>;
  return {
    name,
    state,
    hosts,
    mirror,
    privateKeyFile: join(state, 'keys/id_ed25519'),
    knownHostsFile: join(state, 'known_hosts'),
    sshConfigFile: join(state, 'ssh_config'),
    inventoryFile: join(state, 'inventory/hosts.ini'),
    users: {
      root: { name: 'root' },
      vagrant: { name: 'vagrant' },
      ops: { name: 'ops', password: readFileSync(join(state, 'keys/ops-password'), 'utf8').trim() },
    },
  };
}

/**
 * The address of one of the bed's hosts.
 *
 * @throws Error when the bed was started without that host.
 */
export function addressOf(bed: Bed, host: BedHost): string {
  const address = bed.hosts[host];
  if (address === undefined)
    throw new Error(`the bed ${bed.name} has no ${host}; start it with KPROV_LAB_PROFILES=bare,others`);
  return address;
}

function stateFolder(environment: NodeJS.ProcessEnv): string {
  if (environment.KPROV_LAB_STATE) return environment.KPROV_LAB_STATE;
  const base = environment.XDG_STATE_HOME || join(homedir(), '.local/state');
  return join(base, 'kprov-lab', environment.KPROV_LAB_NAME || 'kprov-lab');
}
