import { hostname } from 'node:os';
import { localUser } from '../local-user.js';
import type { Target, TransportOptions } from '../types.js';
import { type ConfigFiles, readConfigFiles } from './read-config-files.js';
import { type Route, resolveRoute } from './resolve-route.js';

/** Finds the ways to hosts. Each ssh_config is read once. */
export class Routes {
  readonly #options: Pick<TransportOptions, 'env' | 'homeDir' | 'sshConfigFile'>;
  readonly #files = new Map<string, ConfigFiles>();
  readonly #localHostName = hostname();
  readonly #localUser: string;

  constructor(options: Pick<TransportOptions, 'env' | 'homeDir' | 'sshConfigFile'>) {
    this.#options = options;
    this.#localUser = localUser(options.env);
  }

  to(target: Target): Route {
    const { homeDir, env, sshConfigFile } = this.#options;
    return resolveRoute(target, {
      homeDir,
      env,
      localUser: this.#localUser,
      localHostName: this.#localHostName,
      configFiles: (file) => this.#read(file ?? sshConfigFile),
    });
  }

  #read(file: string | undefined): ConfigFiles {
    const key = file ?? '';
    const files = this.#files.get(key) ?? readConfigFiles(this.#options.homeDir, file);
    this.#files.set(key, files);
    return files;
  }
}
