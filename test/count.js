// node test/count.js REPORT CODE: prints `PASSED FAILED SKIPPED` from a report of `jest --json`. Whatever kept tests
// from running counts as a failure of its own: no report, a file that does not load, no test executed, an exit
// code that the report does not explain.
import { readFileSync } from 'node:fs';

const [file = '', code = ''] = process.argv.slice(2);
const report = read();
const passed = report?.numPassedTests ?? 0;
let failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
if (failed === 0 && (passed === 0 || code !== '0' || report?.success !== true)) failed = 1;
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
console.log(`${passed} ${failed} ${skipped}`);

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
