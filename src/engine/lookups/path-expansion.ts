import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Task } from '../../tasks/index.js';
import { Pending } from '../../values/index.js';
import type { BecomeRequest } from '../conversation/become.js';
import type { Conversation } from '../conversation/conversation.js';
import type { StepReport } from '../conversation/shell-session.js';

/** On whose behalf a path is expanded, and where. */
export interface PathOwner {
  conversation: Conversation;
  become: BecomeRequest;
  /** The task's own, which counts before the host's. */
  environment: Readonly<Record<string, string>>;
}

/** What `~`, `~user` and `$NAME` stand for; undefined: nothing, they stay as they are. An Error: it cannot be learnt. */
type Answers = Map<string, string | undefined | Error>;

const answersOf = new WeakMap<Conversation, Map<string, Answers>>();

const reference = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;
const home = /^~(?:[A-Za-z_][\w.-]*)?(?=\/|$)/;

/** Asks the host for the home directory of a user, or for a variable of its environment. */
function question(token: string, field: string): Script {
  const name = token.slice(1);
  if (token === '~') return sh`kp_set ${field} "$\{HOME:-$(getent passwd "$(id -un)" | cut -d: -f6)}"`;
  if (token.startsWith('~')) {
    return sh`kp_set ${field} "$(getent passwd ${name} 2>/dev/null | cut -d: -f6 || :)"`;
  }
  return sh`kp_name=${name}; eval "[ -z \"\$\{$kp_name+x}\" ] || kp_set ${field} \"\$$kp_name\""`;
}

async function learn(answers: Answers, tokens: readonly string[], { conversation, become }: PathOwner): Promise<void> {
  let step: StepReport;
  try {
    step = await conversation.send({
      body: joinScripts(tokens.map((token, index) => question(token, `t${index}`))),
      mode: { check: false, diff: false, mayFail: true },
      become,
      repeatable: true,
    });
  } catch (error) {
    for (const token of tokens) answers.set(token, error as Error);
    return;
  }
  if (step.status === 'discarded') return;
  for (const [index, token] of tokens.entries()) {
    answers.set(token, step.fields.get(`t${index}`)?.toString().split('\n')[0] || undefined);
  }
}

function answersFor({ conversation, become }: PathOwner): Answers {
  const users = answersOf.get(conversation) ?? new Map<string, Answers>();
  answersOf.set(conversation, users);
  const user = become.kind === 'user' ? become.user : '';
  const answers = users.get(user) ?? new Map();
  users.set(user, answers);
  return answers;
}

/** Throws Pending while the host has not answered. */
function expand(path: string, owner: PathOwner): string {
  const { environment } = owner;
  const tokens = [...(home.exec(path) ?? []), ...[...path.matchAll(reference)].map(([, a, b]) => `$${a ?? b}`)];
  const answers = answersFor(owner);
  const isOwn = (token: string) => token.startsWith('$') && Object.hasOwn(environment, token.slice(1));
  const asked = tokens.filter((token) => !isOwn(token) && !answers.has(token));
  if (asked.length > 0) throw new Pending(`what ${asked.join(', ')} stands for`, learn(answers, asked, owner));
  const meaningOf = (token: string): string | undefined => {
    if (isOwn(token)) return environment[token.slice(1)];
    const answer = answers.get(token);
    if (!(answer instanceof Error)) return answer;
    answers.delete(token);
    throw answer;
  };
  return path
    .replace(reference, (text, bare?: string, braced?: string) => meaningOf(`$${bare ?? braced}`) ?? text)
    .replace(home, (text) => meaningOf(text) ?? text);
}

interface HostPath {
  name: string;
  onHost: true | string;
}

const knownPaths = new WeakMap<Task, readonly HostPath[]>();

/** The parameters that are, or may be, paths of the host. */
function pathsOf(definition: Task): readonly HostPath[] {
  const known = knownPaths.get(definition);
  if (known) return known;
  const paths = Object.entries(definition.parameters).flatMap(([name, { onHost }]) =>
    onHost === undefined ? [] : [{ name, onHost }],
  );
  knownPaths.set(definition, paths);
  return paths;
}

const mayNeedHost = /^~|\$/;

/**
 * The arguments with `~`, `~user` and `$NAME` filled in where they begin or stand in a path of the host, as Python's
 * expanduser and expandvars do. Only the host knows them: it is asked once for each user. Throws Pending meanwhile.
 */
export function expandPaths(
  definition: Task,
  args: Readonly<Record<string, unknown>>,
  owner: () => PathOwner,
): Readonly<Record<string, unknown>> {
  let expanded: Record<string, unknown> | undefined;
  for (const { name, onHost } of pathsOf(definition)) {
    const value = args[name];
    const isNeeded = (item: unknown): boolean => typeof item === 'string' && mayNeedHost.test(item);
    if (!(Array.isArray(value) ? value.some(isNeeded) : isNeeded(value))) continue;
    if (onHost !== true && args[onHost] !== true) continue;
    const filled = (item: unknown): unknown => (typeof item === 'string' ? expand(item, owner()) : item);
    expanded ??= {};
    expanded[name] = Array.isArray(value) ? value.map(filled) : filled(value);
  }
  return expanded === undefined ? args : { ...args, ...expanded };
}
