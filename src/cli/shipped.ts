import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A playbook that comes with the package, as a path that reads well from here. */
export function shippedPlaybook(name: 'cluster' | 'reset'): string {
  const path = fileURLToPath(new URL(`../../playbooks/${name}.yml`, import.meta.url));
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}
