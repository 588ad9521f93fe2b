import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Expects a text to be what a golden file holds. KPROV_GOLDEN=write makes the file instead: look at it, then commit it. */
export function expectGolden(file: string, text: string): void {
  const path = join(here, '..', file);
  if (process.env.KPROV_GOLDEN === 'write') writeFileSync(path, text);
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : undefined);
}
