import type { Script } from '../../../shell/index.js';
import { type Outcome, type Program, program, type Report } from '../../task.js';

/** A program that goes on with what it reported: one more round trip. */
export function steps(script: Script, next: (report: Report) => Program | Outcome | undefined): Program {
  const first = program(script);
  first.next = next;
  return first;
}
