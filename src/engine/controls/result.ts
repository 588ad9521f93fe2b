import type { Mapping } from '../../values/index.js';
import type { RawResult } from '../results/task-result.js';

/** The result of a task that the engine carried out. */
export const result = (status: RawResult['status'], value: Mapping = {}): RawResult => ({
  status,
  value,
  diff: [],
  incomplete: false,
  save: [],
});
