// Loaded into kprov with NODE_OPTIONS=--import: how long its event loop was busy at a stretch, in ms, into KPB_LAG.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();
process.on('exit', () => {
  const ms = (nanoseconds) => nanoseconds / 1e6 - 10;
  const figures = { median: ms(delays.percentile(50)), p99: ms(delays.percentile(99)), max: ms(delays.max) };
  writeFileSync(process.env.KPB_LAG, JSON.stringify(figures));
});
