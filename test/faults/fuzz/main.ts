import { parseArgs } from 'node:util';
import { fuzz, targets } from './targets.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
let isClean = true;
for (const [name, target] of Object.entries(targets)) {
  if (values.only !== undefined && name !== values.only) continue;
  const began = performance.now();
  const { inputs, slowestMs, findings } = await fuzz(target, {
    inputs: Number(values.inputs),
    seed: Number(values.seed),
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `${name.padEnd(16)} ${inputs} inputs, ${findings.length} findings, slowest ${slowestMs.toFixed(1)} ms, ${seconds} s\n`,
  );
  for (const { input, problem } of findings) {
    isClean = false;
    process.stdout.write(`  ${JSON.stringify(input)}\n    ${problem.split('\n').slice(0, 4).join('\n    ')}\n`);
  }
}
if (!isClean) process.exitCode = 1;
