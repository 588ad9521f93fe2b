import { type Mapping, mapping } from '../../values/index.js';
import type { Judged } from './task-result.js';

/** The result of a loop: `results`, and changed, failed, skipped over all of them. */
export function combineResults(results: readonly Judged[]): Judged {
  const has = (status: string) => results.some((result) => result.status === status);
  const all = (status: string) => results.length > 0 && results.every((result) => result.status === status);
  const status = has('unreachable')
    ? 'unreachable'
    : has('failed')
      ? 'failed'
      : has('unknown')
        ? 'unknown'
        : has('changed')
          ? 'changed'
          : all('skipped') || results.length === 0
            ? 'skipped'
            : 'ok';
  const value: Mapping = mapping({
    changed: has('changed'),
    results: results.map((result) => result.value),
    ...(status === 'failed' && { failed: true, msg: 'One or more items failed' }),
    ...(status === 'changed' || status === 'ok' ? { msg: 'All items completed' } : {}),
    ...(status === 'skipped' && {
      skipped: true,
      ...(results.length === 0 ? { skipped_reason: 'No items in the list' } : { msg: 'All items skipped' }),
    }),
  });
  const first = results.find((result) => result.status === status && result.message !== undefined);
  return {
    status,
    value,
    diff: [],
    incomplete: results.some((result) => result.incomplete),
    save: [],
    ...(status === 'failed' && { message: String(value.msg) }),
    ...(status === 'unknown' && first?.message !== undefined && { message: first.message }),
  };
}
