import { type LockRequest, takeLock } from './lock.js';
import { runner } from './runner.js';
import { quote, Script, sh } from './script.js';

/** How one step is to be run. */
export interface StepMode {
  /** Probe and compare, but change nothing. */
  check: boolean;
  /** Only this step is in check mode: what others would have done is done. */
  isAlone?: boolean;
  /** Report what was there before, for a diff. */
  diff: boolean;
  /** A failure does not discard the steps queued behind it. */
  mayFail: boolean;
  /** An item of a loop: its failure stops what follows the loop, not the other items. `last` ends the loop. */
  loop?: 'item' | 'last';
  /** Deadline of the step's command, in seconds. */
  limitSeconds?: number;
  /** Exported for this step only. */
  environment?: Readonly<Record<string, string>>;
}

export interface Step extends StepMode {
  /** Unguessable mark of this step's frames: [0-9a-f]{16}. */
  nonce: string;
  /** A failed step's epoch is discarded until the engine goes on with the next one. */
  epoch: number;
  body: Script;
  /** The mark under which it was sent first, where its answer was lost. */
  first?: string;
  /** What it looks at, where it leaves valid what others have seen. */
  looks?: readonly string[];
}

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True for what a POSIX shell takes as the name of a variable. */
export const isVariableName = (text: string): boolean => name.test(text);

function exports(environment: StepMode['environment']): Script {
  const lines = Object.entries(environment ?? {}).map(([key, value]) => sh`kp_env ${key} ${value}`);
  return Script.trusted(lines.map((line) => `${line}\n`).join(''));
}

/** The text that makes the host's shell run one step. Never executed unless it has arrived whole. */
export function renderStep(step: Step): string {
  const loop = step.loop === undefined ? '' : step.loop === 'last' ? 'le' : 'l';
  const mode = `-${loop}${step.check ? (step.isAlone ? 'ca' : 'c') : ''}${step.diff ? 'd' : ''}${step.mayFail ? 'k' : ''}`;
  const setUp = exports(step.environment);
  const again = step.first === undefined ? '' : `kp_again ${step.first}\n`;
  const limit = step.limitSeconds === undefined ? '' : `kp_limit=${Number(step.limitSeconds)}\n`;
  return `kp_task() {\n:\n${step.body}\n}\n${setUp}${limit}${again}kp_run ${step.nonce} ${step.epoch} ${mode}\n`;
}

/** Paths that one kp_ahead is given: more would take longer to find again than to look at. */
const mostAhead = 32;

/**
 * The text of steps that are sent together. Neighbours that only look share one process for all that they look at; it runs
 * right before them. Their answers come together, too: each on its own would be a packet, and a turn for either side.
 */
export function renderSteps(steps: readonly { text: string; looks?: readonly string[] | undefined }[]): string {
  const parts: string[] = [];
  for (let at = 0; at < steps.length; ) {
    const paths = new Set<string>();
    let end = at;
    for (let looks = steps[end]?.looks; looks !== undefined; looks = steps[++end]?.looks) {
      const more = looks.filter((path) => path.startsWith('/') && !/[\n\t]/.test(path));
      if (paths.size + more.length > mostAhead) break;
      for (const path of more) paths.add(path);
    }
    const together = steps.slice(at, Math.max(end, at + 1));
    const isWorthIt = paths.size > 1;
    if (isWorthIt) parts.push(`${sh`kp_ahead ${[...paths]}`}\n`);
    const still = isWorthIt ? 'kp_still=1\n' : '';
    const last = together.pop();
    for (const { text } of together) parts.push(`${still}kp_hold=1\n${text}`);
    if (last) parts.push(still, last.text);
    at = Math.max(end, at + 1);
  }
  return parts.join('');
}

/** The text of a shell of its own that runs one step, for a job that outlives the conversation. */
export const renderJob = (step: Step): string => `${runner}\n${renderStep(step)}`;

const singleLine = /^[A-Za-z_][A-Za-z0-9_-]*\$?$/;

/** How the shell on the host is to be reached: directly, or by becoming another user. */
export type Become = { method: 'none' } | ({ method: 'sudo' | 'su'; user: string } & BecomeDetails);

export interface BecomeDetails {
  password?: string;
  /** `become_exe`: another path or name of the program. */
  exe?: string;
  /** `become_flags`: words that take the place of our own, but for those about passwords. */
  flags?: readonly string[];
}

/**
 * A command that runs `program` (without single quotes) as that user, and the input that starts it. The command is read
 * by the user's login shell, whichever that is, so it uses single quotes only. After sudo, a loop throws away what sudo
 * did not read (its password, where none was asked for) until the go-ahead line.
 */
export function asUser(
  become: Become,
  nonce: string,
  program: string,
  input: string,
): { command: string; input: string } {
  if (become.method === 'none') return { command: `exec /bin/sh -c '${program}'`, input };
  if (!singleLine.test(become.user)) throw new RangeError(`not a user name: ${JSON.stringify(become.user)}`);
  const wait = `'while IFS= read -r l; do case $l in go-${nonce}) ${program};; esac; done'`;
  const password = become.password === undefined ? '' : `${become.password}\n`;
  const exe = become.exe === undefined ? become.method : quote(become.exe);
  const given = (otherwise: string): string => (become.flags ? become.flags.map(quote).join(' ') : otherwise);
  const command =
    become.method === 'su'
      ? `exec ${exe} ${given('')} -s /bin/sh ${become.user} -c ${wait}`
      : `exec ${exe} ${given('-H')} ${password === '' ? '-n' : `-S -p kprov-${nonce}-password:`} -u ${become.user} /bin/sh -c ${wait}`;
  return { command: command.replace(/ {2,}(?=-)/g, ' '), input: `${password}go-${nonce}\n${input}` };
}

/** The command of the exec request that opens the host's shell, and what goes first to its standard input. */
export function renderLogin(become: Become, nonce: string, lock?: LockRequest): { command: string; input: string } {
  const hello = `printf '\\n@%s ready %s\\n' ${nonce} $$\n`;
  const preamble = `${runner}${lock ? `${takeLock(nonce, lock)}\n` : ''}${hello}`;
  if (become.method === 'none') return { command: 'exec /bin/sh -s', input: preamble };
  return asUser(become, nonce, 'exec /bin/sh -s', preamble);
}
