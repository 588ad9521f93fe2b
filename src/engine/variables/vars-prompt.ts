import { KprovError } from '../../errors/index.js';
import type { Play, VarsPrompt } from '../../playbook/index.js';
import { pythonText, type Templar, type Variables } from '../../template/index.js';
import { literalText, parseBoolean, type Value } from '../../values/index.js';
import type { RunContext } from '../context.js';
import { hashPassword } from '../lookups/passwords/hash.js';
import type { RunScope } from './variables.js';

/** What asking needs of a run. */
export interface Asking extends Pick<RunContext, 'prompts' | 'redactor' | 'emit' | 'signal'> {
  scope: Pick<RunScope, 'extraVars' | 'templar'>;
}

/** As Ansible: what is neither yes nor no is no. */
const isSet = (value: Value | undefined, otherwise: boolean): boolean =>
  value === undefined || value === null ? otherwise : (parseBoolean(value) ?? false);

const given = (value: Value | undefined): Value | undefined => (value === null ? undefined : value);

async function typed(run: Asking, question: string, entry: VarsPrompt): Promise<string | undefined> {
  const secret = isSet(entry.private, true);
  const { signal } = run;
  for (;;) {
    const first = await run.prompts.ask(question, { secret, signal });
    if (first === undefined || !isSet(entry.confirm, false)) return first;
    const second = await run.prompts.ask(`confirm ${question}`, { secret, signal });
    if (second === undefined || first === second) return first;
    run.emit({ type: 'notice', level: 'warning', message: '***** VALUES ENTERED DO NOT MATCH ****' });
  }
}

function questionOf({ name, prompt, default: value }: VarsPrompt): string {
  const text = pythonText(given(prompt) ?? name);
  if (text === '') return `input for ${name}: `;
  return given(value) === undefined ? `${text}: ` : `${text} [${pythonText(given(value))}]: `;
}

function encrypted(text: string, { encrypt, salt, salt_size: size, name, position }: VarsPrompt): string {
  const scheme = given(encrypt);
  if (scheme === undefined || scheme === '') return text;
  try {
    return hashPassword(text, pythonText(scheme), {
      salt: given(salt) === undefined ? undefined : pythonText(given(salt)),
      saltSize: given(size) === undefined ? undefined : Number(pythonText(given(size))),
    });
  } catch (error) {
    if (!(error instanceof KprovError)) throw error;
    throw new KprovError(error.code, `vars_prompt ${name}: ${error.message}`, {
      position,
      ...(error.why !== undefined && { why: error.why }),
    });
  }
}

/** Every field but the name and the place rendered with what is known before any host is. */
function rendered(entry: VarsPrompt, templar: Templar, variables: Variables): VarsPrompt {
  const { name, position, ...fields } = entry;
  return { name, position, ...(templar.render(fields, variables) as Omit<VarsPrompt, 'name' | 'position'>) };
}

/**
 * Asks for the variables of `vars_prompt` that are not given with -e, and adds them to the play's. Without a terminal
 * nobody is asked and the defaults count. Throws KprovError for what cannot be encrypted as wanted.
 */
export async function askForVariables(run: Asking, play: Pick<Play, 'vars' | 'varsPrompt'>): Promise<void> {
  const { extraVars, templar } = run.scope;
  const variables: Variables = {
    get: (name) => {
      const layer = [extraVars, play.vars].find((vars) => Object.hasOwn(vars, name));
      return layer && { value: layer[name], template: true };
    },
    names: () => [...Object.keys(extraVars), ...Object.keys(play.vars)],
  };
  let isWarned = false;
  for (const raw of play.varsPrompt) {
    if (run.signal.aborted) return;
    if (Object.hasOwn(extraVars, raw.name)) continue;
    const entry = rendered(raw, templar, variables);
    const answer = await typed(run, questionOf(entry), entry);
    if (answer === undefined && !isWarned) {
      isWarned = true;
      const message = 'Not prompting as we are not in interactive mode';
      run.emit({ type: 'notice', level: 'warning', message, position: raw.position });
    }
    if (answer && isSet(entry.private, true)) run.redactor.add(answer);
    // Without an answer and a default the text is Python's of nothing, as with Ansible.
    const text = pythonText(answer || (given(entry.default) ?? answer ?? null));
    const value = encrypted(text, entry);
    play.vars[raw.name] = isSet(entry.unsafe, false) ? literalText(value) : value;
  }
}
