import { KprovError } from '../../errors/index.js';
import type { Script, StepMode } from '../../shell/index.js';
import type { Download, Upload } from '../../tasks/index.js';
import type { BecomeRequest } from './become.js';
import type { StepListener, StepReport } from './shell-session.js';

export interface StepRequest {
  body: Script;
  mode: StepMode;
  become: BecomeRequest;
  /** May it be sent again when its end was not seen? */
  repeatable: boolean;
  uploads?: readonly Upload[];
  download?: Download;
  /** Paths that it looks at, where it leaves valid what others have seen; as in Program. */
  looks?: readonly string[];
  listener?: StepListener;
  /** How long its answer may take; then its shell is given up. */
  timeoutMs?: number;
  /** Not part of this host's own sequence: runs although an earlier step has failed. */
  independent?: boolean;
}

/** A step between its sending and its answer. */
export interface InFlight {
  request: StepRequest;
  epoch: number;
  tries: number;
  /** The mark it was sent under first. */
  nonce: string;
  /** What came of its download: fields of its report. */
  downloaded?: ReadonlyMap<string, string>;
  resolve(report: StepReport): void;
  reject(error: unknown): void;
}

/** Of steps that only prepare for another one. */
export const apart = { check: false, diff: false, mayFail: true };

export const tooLate = () => new KprovError('timed-out', 'the host did not answer within the time of the task');
