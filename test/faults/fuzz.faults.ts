import { readdirSync, readFileSync } from 'node:fs';
import { fuzz, problemOf, targets } from './fuzz/targets.js';

describe('fuzzed parsers give nothing but values and diagnostics, each within a second', () => {
  test.each(Object.entries(targets))('%s', async (_, target) => {
    const { findings, inputs } = await fuzz(target, { inputs: 20_000, seed: Date.now() % 1e9, limitMs: 4000 });
    expect(findings).toEqual([]);
    expect(inputs).toBeGreaterThan(300);
  });

  const folder = new URL('./fuzz/cases/', import.meta.url);
  test.each(readdirSync(folder))('what was found once stays mended: %s', async (file) => {
    const { target, input } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      target: string;
      input: string;
    };
    const tested = targets[target];
    if (!tested) throw new Error(`there is no parser ${target}`);
    expect(await problemOf(tested, input)).toBeUndefined();
  });
});
