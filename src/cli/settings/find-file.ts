import { join, resolve } from 'node:path';
import type { Files } from '../../values/index.js';

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  homeDirectory: string;
  files: Files;
}

/** `~`, `$NAME` and `${NAME}` in a path of a setting, as Ansible expands them. */
export function expandPath(path: string, { env, cwd, homeDirectory }: Omit<Surroundings, 'files'>): string {
  return path
    .replace(/\{\{\s*CWD\s*\}\}/gi, cwd)
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, bare: string | undefined) => {
      return env[braced ?? bare ?? ''] ?? whole;
    })
    .replace(/^~(?=\/|$)/, homeDirectory);
}

const WRITABLE_BY_ALL = 0o002;

/**
 * The configuration file that counts, first match first: ANSIBLE_CONFIG, ansible.cfg here, ~/.ansible.cfg,
 * /etc/ansible/ansible.cfg. One in a directory that everybody may write to does not count; `warning` says so.
 */
export function findConfigFile(around: Surroundings): { path?: string; warning?: string } {
  const { env, cwd, homeDirectory, files } = around;
  const places: string[] = [];
  let warning: string | undefined;
  if (env.ANSIBLE_CONFIG) {
    const given = resolve(cwd, expandPath(env.ANSIBLE_CONFIG, around));
    places.push(files.kind(given) === 'directory' ? join(given, 'ansible.cfg') : given);
  }
  const here = join(cwd, 'ansible.cfg');
  if (((files.permissions?.(cwd) ?? 0) & WRITABLE_BY_ALL) === 0) places.push(here);
  else if (files.kind(here) === 'file') {
    warning = `${here} is not read: everybody may write to its directory (name it in ANSIBLE_CONFIG if it is meant)`;
  }
  places.push(join(homeDirectory, '.ansible.cfg'), '/etc/ansible/ansible.cfg');
  const path = places.find((place) => files.kind(place) === 'file');
  return { ...(path !== undefined && { path }), ...(warning !== undefined && { warning }) };
}
