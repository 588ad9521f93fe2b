import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The program that a script's first line names. */
function interpreterOf(script: string): string | undefined {
  const head = Buffer.alloc(256);
  try {
    const file = openSync(script, 'r');
    try {
      readSync(file, head);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  return /^#! *(\/\S*python[\d.]*)\s/.exec(head.toString('utf8'))?.[1];
}

/**
 * Pythons of this machine, those first that an installed Ansible runs with: it need not be the one that PATH finds. None
 * has been tried. KPROV_PYTHON names the only one that counts.
 */
export function pythons({ PATH: path = '', KPROV_PYTHON: only } = process.env): string[] {
  if (only) return [only];
  const found = new Set<string>();
  for (const folder of path.split(':').filter((name) => name !== '')) {
    for (const name of ['ansible-playbook', 'ansible']) {
      const python = interpreterOf(join(folder, name));
      if (python !== undefined) found.add(python);
    }
  }
  return [...found, 'python3', '/usr/bin/python3'];
}
