import { parseArgs } from 'node:util';
import { fuzz, targets } from './targets.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    /** Names, separated by commas. */
    only: { type: 'string' },
    /** For each parser at most. */
    minutes: { type: 'string' },
  },
});
// Half of the time would go into stacks of diagnoses that nobody looks at.
Error.stackTraceLimit = 3;
let isClean = true;
for (const [name, target] of Object.entries(targets)) {
  if (values.only !== undefined && !values.only.split(',').includes(name)) continue;
  const began = performance.now();
  const { inputs, slowestMs, findings } = await fuzz(target, {
    inputs: Number(values.inputs),
    seed: Number(values.seed),
    ...(values.minutes !== undefined && { limitMs: Number(values.minutes) * 60_000 }),
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
