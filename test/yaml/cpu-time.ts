/** Milliseconds of processor time that a function took; unlike the clock, it does not depend on what else is running. */
export function cpuTime(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
