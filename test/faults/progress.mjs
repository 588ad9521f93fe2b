/** Says of each test how it ended and after how many seconds, the moment it has; and of each file. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class Progress {
  onTestCaseResult({ path }, { fullName, status, duration, failureMessages }) {
    if (status === 'pending') return;
    const file = /([^/]*)\.faults\.ts$/.exec(path)?.[1];
    const seconds = ((duration ?? 0) / 1000).toFixed(1).padStart(7);
    process.stderr.write(`${status} ${seconds} s  ${file}: ${fullName}\n`);
    for (const message of failureMessages) process.stderr.write(`${message.slice(0, 4000).replace(/^/gm, '    ')}\n`);
  }

  onTestResult({ path }, { perfStats, numFailingTests, testExecError }) {
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(0);
    const word = numFailingTests > 0 || testExecError ? 'FAIL' : 'PASS';
    process.stderr.write(`${word} ${seconds} s  ${path.replace(/.*\//, '')}\n`);
  }
}
