import type { Diagnostic } from '../../errors/index.js';
import type { ResolvedHost } from '../config/resolve-host.js';
import type { ConnectError } from '../errors.js';
import type { HostKeyChecking, TransportOptions } from '../types.js';
import { decideOnHostKey } from './check-host-key.js';
import { fingerprint, judgeHostKey, knownHostNames, knownKeyTypes, type ShownKey } from './judge-host-key.js';
import { KnownHostsFiles } from './known-hosts-files.js';

/** What a connection attempt needs to judge the key that will be shown. */
export interface HostKeyCheck {
  knownTypes: ReadonlySet<string>;
  /** Undefined: the key may be trusted. */
  check(shown: ShownKey): ConnectError | undefined;
  /** The server has proven that the key is its own: a new one is added to known_hosts now. */
  remember(shown: ShownKey): Promise<void>;
}

/** Which host keys are trusted, for all connections of a transport. */
export class HostKeys {
  readonly #files: KnownHostsFiles;
  readonly #options: Pick<TransportOptions, 'hostKeyChecking' | 'knownHostsFiles'>;
  readonly #warn: (message: string) => void;

  constructor(options: Pick<TransportOptions, 'hostKeyChecking' | 'knownHostsFiles'>, warn: (message: string) => void) {
    this.#options = options;
    this.#warn = warn;
    this.#files = new KnownHostsFiles((diagnostic) => warn(describe(diagnostic)));
  }

  /** Looks the host up before it is called, so that it is asked for a key we can compare. */
  async prepare(host: ResolvedHost, label: string, isBehindJump: boolean): Promise<HostKeyCheck> {
    const checking = this.#checking(host);
    const userFiles = this.#options.knownHostsFiles ?? host.userKnownHostsFiles;
    const globalFiles = this.#options.knownHostsFiles === undefined ? host.globalKnownHostsFiles : [];
    const names = knownHostNames(host.host, host.port, host.hostKeyAlias);
    const [name] = names;
    const [addTo] = userFiles;
    const found = await this.#files.find(names, [...userFiles, ...globalFiles]);
    const options = { host, label, checking, name, isBehindJump, addTo };
    const decide = (shown: ShownKey) => decideOnHostKey(judgeHostKey(shown, found), shown, options);
    return {
      knownTypes: knownKeyTypes(found),
      check: (shown) => {
        const judgement = decide(shown);
        return judgement.kind === 'refuse' ? judgement.error : undefined;
      },
      remember: async (shown) => {
        if (decide(shown).kind === 'learn' && addTo !== undefined)
          await this.#learn(addTo, name, shown, host.hashKnownHosts);
      },
    };
  }

  #checking(host: ResolvedHost): HostKeyChecking {
    const checking = this.#options.hostKeyChecking ?? host.hostKeyChecking ?? 'strict';
    if (checking === 'off') {
      this.#warn(
        'HOST KEY CHECKING IS OFF: whoever answers in place of a host gets your passwords and root on your cluster',
      );
    }
    return checking;
  }

  async #learn(path: string, name: string, shown: ShownKey, isHashed: boolean): Promise<void> {
    try {
      await this.#files.add(path, name, shown, isHashed);
      this.#warn(`added the host key of ${name} to ${path}: ${shown.type} ${fingerprint(shown.key)}`);
    } catch (error) {
      this.#warn(`the host key of ${name} could not be added to ${path}: ${(error as Error).message}`);
    }
  }
}

const describe = ({ message, position }: Diagnostic): string =>
  position === undefined ? message : `${position.file}:${position.line}: ${message}`;
