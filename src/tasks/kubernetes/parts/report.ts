import type { Mapping } from '../../../values/index.js';
import type { Report } from '../../task.js';

/** Those of the fields that the host sent, as text. */
export function plainFields(report: Report, names: readonly string[]): Mapping {
  const result: Mapping = {};
  for (const name of names) {
    const value = report.text(name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}
