import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fuzz, problemOf, targets } from './fuzz/targets.js';
import { figure } from './support.js';

describe('fuzzed parsers give nothing but values and diagnostics, each within a second', () => {
  const counts: string[] = [];
  afterAll(() => figure(`fuzz inputs: ${counts.join(', ')}`));

  test.each(Object.entries(targets))('%s', async (name, target) => {
    const { findings, inputs } = await fuzz(target, {
      inputs: 20_000,
      seed: Date.now() % 1e9,
      limitMs: process.env.KPROV_FAULTS === 'short' ? 1000 : 4000,
    });
    expect(findings).toEqual([]);
    counts.push(`${name} ${inputs}`);
    expect(inputs).toBeGreaterThan(30);
  });

  test('what was found once stays mended', async () => {
    const folder = new URL('./fuzz/cases/', import.meta.url);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    for (const file of files) {
      const { target, input } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<
        'target' | 'input',
        string
      >;
      const tested = targets[target];
      if (!tested) throw new Error(`there is no parser ${target}`);
      expect({ file, problem: await problemOf(tested, input) }).toEqual({ file, problem: undefined });
    }
  });
});
