import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runner } from '../../src/shell/runner.js';

const functionsOf = (text: string): string[] => [...text.matchAll(/\b(kp_\w+)\(\) *\{/g)].map(([, name = '']) => name);

const sources = ['src/tasks', 'src/engine'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

test('no program of a task defines a function that the library has: it would be another one from then on', () => {
  const ours = new Set(functionsOf(runner));
  expect(ours.size).toBeGreaterThan(50);
  const taken = sources.flatMap((file) =>
    functionsOf(readFileSync(file, 'utf8')).flatMap((name) => (ours.has(name) ? [`${file}: ${name}`] : [])),
  );
  expect(taken).toEqual([]);
});
