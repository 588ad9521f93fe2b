import type { Position } from '../errors/index.js';
import type { Diff } from '../tasks/index.js';
import type { Mapping, Value } from '../values/index.js';

/** Ansible's states of a task on a host; `unknown` exists in check mode only. */
export type ResultStatus = 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable' | 'unknown';

/**
 * Where a task stands in the order of a run: section, index, and an index more for each include. Compared element by
 * element; hosts advance on their own, so results of different tasks arrive interleaved.
 */
export type Order = readonly number[];

export interface TaskInfo {
  /** Unique within a run. */
  id: string;
  /** As shown: "role : name", templated where possible; the action where the task has no name. */
  name: string;
  action: string;
  order: Order;
  position: Position;
  handler: boolean;
  /** Per-item results are shown with this label. */
  loop: boolean;
  checkMode: boolean;
  /** Where asked for: as they are written, `name=value, …`. */
  arguments?: string;
}

export interface RunStarted {
  type: 'run-started';
  hosts: readonly string[];
  checkMode: boolean;
  diffMode: boolean;
}
export interface PlayStarted {
  type: 'play-started';
  play: { index: number; name: string; position: Position };
  /** The hosts of this batch (all, without `serial`). */
  hosts: readonly string[];
}
/** No host matches the play's pattern. */
export interface PlaySkipped {
  type: 'play-skipped';
  play: { index: number; name: string; position: Position };
  reason: string;
}
/** The task is on its way to this host (it may be queued there behind others). */
export interface TaskStarted {
  type: 'task-started';
  host: string;
  task: TaskInfo;
}
/** One item of a loop has its result. */
export interface ItemFinished {
  type: 'item-finished';
  host: string;
  task: TaskInfo;
  label: string;
  result: TaskResult;
}
/** The task has its result on this host. With a loop it comes after the items'. */
export interface TaskFinished {
  type: 'task-finished';
  host: string;
  /** The host that did the work, where it was delegated. */
  delegatedTo?: string;
  task: TaskInfo;
  result: TaskResult;
  /** Failed, but `ignore_errors` (or `ignore_unreachable`) says to go on. */
  ignored: boolean;
  /** Milliseconds from sending to the result. */
  durationMs: number;
}
/** `meta` has steered the run for this host, or has been left out; it has no result and is not counted. */
export interface MetaDone {
  type: 'meta-done';
  host: string;
  task: TaskInfo;
  /** What it does, or why it is left out. */
  message: string;
  skipped: boolean;
}
/** This host has settled everything before `order` (and will report nothing more there). */
export interface HostAdvanced {
  type: 'host-advanced';
  host: string;
  order: Order;
}
/** This host takes no further part in the play: done, failed or unreachable. */
export interface HostEnded {
  type: 'host-ended';
  host: string;
  /** A failure that was rescued or ignored does not count. */
  outcome: 'done' | 'failed' | 'unreachable';
}
/** This host does nothing before the host `on` has got further: an expression, `run_once` or `strategy: linear` needs it. */
export interface HostWaits {
  type: 'host-waits';
  host: string;
  on: string;
}
/** The wait is over. */
export interface HostResumed {
  type: 'host-resumed';
  host: string;
}
/** Live output of a running step. Untrusted bytes, decoded, secrets not yet masked. */
export interface Progress {
  type: 'progress';
  host: string;
  task: TaskInfo;
  stream: 'stdout' | 'stderr';
  text: string;
}
/** Something a person wants to know while nothing else moves: a wait, a retry, a reconnect. */
export interface Notice {
  type: 'notice';
  level: 'info' | 'warning' | 'deprecated' | 'error';
  host?: string;
  /** It is about a result that is not there yet, and stands among the task's output. */
  task?: TaskInfo;
  message: string;
  position?: Position;
}
export interface PlayFinished {
  type: 'play-finished';
  play: { index: number; name: string };
}
export interface RunFinished {
  type: 'run-finished';
  stats: ReadonlyMap<string, HostStats>;
  /** What set_stats says, by host and, for the whole run, by `_run`; where anything was said. */
  customStats?: ReadonlyMap<string, Mapping>;
  durationMs: number;
}

export type RunEvent =
  | RunStarted
  | PlayStarted
  | PlaySkipped
  | TaskStarted
  | ItemFinished
  | TaskFinished
  | MetaDone
  | HostAdvanced
  | HostEnded
  | HostWaits
  | HostResumed
  | Progress
  | Notice
  | PlayFinished
  | RunFinished;

/** Receives every event of a run, in order. Must not throw. Values are masked before they get here. */
export type Listener = (event: RunEvent) => void;

export interface TaskResult {
  status: ResultStatus;
  /** What `register` holds: changed, failed, skipped, msg, rc, stdout, ... With no_log only `censored`. */
  value: Mapping;
  diff: readonly Diff[];
  /** Why an unknown one cannot be judged, why a failed one failed, why a skipped one was skipped. */
  message?: string;
  /** The likely cure, where one is known. */
  hint?: string;
  /** The command that failed, as words. */
  command?: Value;
}

export interface HostStats {
  ok: number;
  changed: number;
  unreachable: number;
  failed: number;
  skipped: number;
  rescued: number;
  ignored: number;
  /** Check mode: tasks that could not be judged. */
  unknown: number;
}
