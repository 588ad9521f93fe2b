import type { Buffer } from 'node:buffer';
import type { Script } from '../shell/index.js';
import type { FileContent, Files, Mapping, Value } from '../values/index.js';
import type { ArgumentsOf, Parameters } from './parameters.js';

/** A change for `--diff`: texts are compared line by line. */
export interface Diff {
  before: string;
  after: string;
  /** Heading of each side: the path, or the path and what about it changes. */
  beforeHeader: string;
  afterHeader: string;
}

/** What a task came to on one host. `unknown` exists in check mode only. */
export type Status = 'ok' | 'changed' | 'failed' | 'skipped' | 'unknown';

export interface Outcome {
  kind?: undefined;
  status: Status;
  /** What `register` gets, beside `changed`, `failed` and `skipped`. A failed one has `msg`, an unknown one `reason`. */
  result: Mapping;
  diff?: readonly Diff[];
  /** Check mode: the fields that a real run would have are not known; whoever reads one becomes `unknown` himself. */
  incomplete?: boolean;
}

/** What the host reported. */
export interface Report {
  status: 'ok' | 'changed' | 'failed' | 'unknown';
  /** A field as text (UTF-8, decoded once), or undefined where the host did not send it. */
  text(field: string): string | undefined;
  bytes(field: string): Buffer | undefined;
}

/** A file of the control machine that goes to the host ahead of the script. */
export interface Upload {
  /**
   * Where it is put: a temporary name in a directory that is the task's user's alone. The script moves or removes it.
   * What an earlier run left there is continued, so the name of a large file is made of its checksum.
   */
  path: string;
  content: FileContent;
  /** It is no secret: whoever is on a host that gets it may read it, so that hosts may hand it on. Default false. */
  isPublic?: boolean;
}

/** A file of the host that is too large for a report, brought to the control machine where it is not there already. */
export interface Download {
  /** On the host. */
  path: string;
  /** On the control machine, absolute. */
  to: string;
  /** Bytes. */
  size: number;
  /** What it must be: something else is not put there. */
  sha1: string;
}

/** One step on the host. */
export interface Program {
  kind: 'program';
  script: Script;
  uploads?: readonly Upload[];
  /**
   * Comes ahead of the script. The report then has the fields `download` (same: it was there; new), `download_sha1` and
   * `download_md5` of what came, and `download_remote`, which it should have been. In check mode nothing comes, and the
   * MD5 is empty.
   */
  download?: Download;
  /**
   * Paths that the program looks at with kp_stat first of all. Having this, even empty, is a promise: the program is quick
   * and changes nothing before `kp_apply`, so what was seen before it still holds behind it.
   */
  looks?: readonly string[];
  /**
   * Goes on with a further step, or ends with an outcome, given what this one reported (neither failed nor unknown);
   * undefined: there is nothing more to do, and `interpret` reads this report. Costs a round trip. Not named `then`,
   * which would make a program a thenable that `await` calls.
   */
  next?(report: Report): Program | Outcome | undefined;
}

/** What a task makes of the host's report. */
export interface Interpretation {
  result?: Mapping;
  diff?: readonly Diff[];
  /** Overrides what the host said. */
  status?: Status;
  /** As in Outcome. */
  incomplete?: boolean;
  /** Files to write on the control machine (fetch, logs, kubeconfig), by absolute path. */
  save?: readonly { path: string; content: Uint8Array; mode?: number }[];
  /** Values that must never be shown from here on. */
  secrets?: readonly string[];
}

/** What a task may ask for. Everything here is deterministic; variables that are not there yet throw Pending. */
export interface TaskContext {
  host: string;
  /** The user that the program runs as, where known. */
  becomeUser: string | undefined;
  /** `delegate_to`, where the task has it: the host that the program runs on instead. */
  delegateTo?: string | undefined;
  checkMode: boolean;
  diffMode: boolean;
  /** Is nothing of the task to be shown or logged? Default false. */
  noLog?: boolean;
  /** How many -v. Default 0. */
  verbosity?: number;
  /** Does it run in the background (`async`)? Default false. */
  isAsync?: boolean;
  /** The shell of command lines, where neither the task nor the inventory names one. Default /bin/sh. */
  shell?: string | undefined;
  /** Ansible's jinja2_native: are texts left what they are? */
  native?: boolean | undefined;
  files: Files;
  /** Absolute path of a file of the role or playbook; throws KprovError naming the places that were searched. */
  find(kind: 'files' | 'templates' | 'vars', name: string): string;
  /** Absolute path on the control machine of what the user named: `~` is his home, the rest starts where kprov was called. */
  local(path: string): string;
  /** Renders template text with the task's variables. */
  render(source: string, options?: RenderOptions): string;
  /** Evaluates a condition (`when` syntax) with the task's variables. */
  test(condition: Value): boolean;
  /** Evaluates an expression with the task's variables. */
  evaluate(expression: string): Value;
  /** A variable, rendered; undefined where there is none. */
  variable(name: string): Value | undefined;
}

export interface RenderOptions {
  name?: string;
  /** Of the task template: how it names the file, and where the text goes. */
  source?: string;
  destination?: string;
  trimBlocks?: boolean;
  lstripBlocks?: boolean;
  newlineSequence?: string;
  variableStart?: string;
  variableEnd?: string;
  blockStart?: string;
  blockEnd?: string;
  commentStart?: string;
  commentEnd?: string;
}

export interface TaskDefinition<P extends Parameters = Parameters> {
  /** Ansible's short name. */
  name: string;
  /** Other names it answers to. */
  aliases?: readonly string[];
  /** Collections whose module this is, for the fully qualified name; default ansible.builtin. */
  collection?: 'ansible.builtin' | 'ansible.posix' | 'community.general' | 'kprov.kubernetes';
  summary: string;
  description?: string;
  parameters: P;
  /** The parameter that takes the text after the name: `command: ls -l`. */
  freeForm?: Extract<keyof P, string>;
  /** Where it is there, arguments of any other name are taken as they are; says what they mean. */
  otherParameters?: string;
  /** Parameters of Ansible's module that are refused, each with the reason; all other unknown ones are mistakes. */
  refusedParameters?: Readonly<Record<string, string>>;
  /** Groups of parameters of which exactly one, at least one, or at most one must be given. */
  exactlyOne?: readonly (readonly Extract<keyof P, string>[])[];
  /** `compile` itself tells what is wrong with such groups, in other words than ours; loading checks them all the same. */
  judgesGroups?: true;
  atLeastOne?: readonly (readonly Extract<keyof P, string>[])[];
  atMostOne?: readonly (readonly Extract<keyof P, string>[])[];
  /** Fields of the result and what they hold. */
  returns: Readonly<Record<string, string>>;
  /** `register` has the diff as one mapping instead of a list, as with Ansible's module of the name. */
  diffIsMapping?: true;
  /** YAML of one or more tasks. */
  example: string;
  /**
   * `predicts`: the program itself respects check mode. `skips`: what it does cannot be foretold, so a dry run leaves
   * it out and says `skipped`; its fields are unknown to later tasks.
   */
  inCheckMode: 'predicts' | 'skips';
  /** May the program be sent again when the connection broke before its end was seen? Default true. */
  repeatable?: boolean;
  /**
   * `control`: whether it has failed is only known after `interpret`, which sets `status`; nothing is sent behind it
   * until then. Default `host`: the program's own status stands.
   */
  decides?: 'host' | 'control';
  compile(args: ArgumentsOf<P>, context: TaskContext): Program | Outcome;
  interpret?(report: Report, args: ArgumentsOf<P>, context: TaskContext): Interpretation;
}

/** A task with its parameter types forgotten, as the registry and the engine hold it. */
export interface Task
  extends Omit<TaskDefinition, 'compile' | 'interpret' | 'freeForm' | 'exactlyOne' | 'atLeastOne' | 'atMostOne'> {
  freeForm?: string;
  exactlyOne?: readonly (readonly string[])[];
  atLeastOne?: readonly (readonly string[])[];
  atMostOne?: readonly (readonly string[])[];
  compile(args: Readonly<Record<string, unknown>>, context: TaskContext): Program | Outcome;
  interpret?(report: Report, args: Readonly<Record<string, unknown>>, context: TaskContext): Interpretation;
}

const declared = new WeakSet<object>();

/** Has it been made by `defineTask`? */
export const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && declared.has(value);

/** Declares a task; the types of its arguments follow from its parameters. */
export function defineTask<const P extends Parameters>(definition: TaskDefinition<P>): Task {
  declared.add(definition);
  // The registry converts arguments with these very parameters before it calls compile or interpret.
  return definition as unknown as Task;
}

/** A program of one step. */
export const program = (script: Script, extra: Omit<Program, 'kind' | 'script'> = {}): Program => ({
  kind: 'program',
  script,
  ...extra,
});
