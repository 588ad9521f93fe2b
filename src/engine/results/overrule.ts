import type { Judged } from './task-result.js';

/** The result as a failure, whatever it was, with `message` for the reason. */
export const failedWith = (result: Judged, message: string): Judged => ({
  ...result,
  status: 'failed',
  message,
  value: { ...result.value, failed: true, msg: message },
});

/** Check mode: what fails because an earlier step was not really done cannot be judged. */
export function tolerated(result: Judged): Judged {
  if (result.status !== 'failed') return result;
  return {
    ...result,
    status: 'unknown',
    incomplete: true,
    message: `${result.message ?? 'it failed'}; earlier changes of this run were not really made`,
    value: { ...result.value, failed: false },
  };
}
