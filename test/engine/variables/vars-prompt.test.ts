import type { RunEvent } from '../../../src/engine/index.js';
import { type Asking, askForVariables } from '../../../src/engine/variables/vars-prompt.js';
import type { VarsPrompt } from '../../../src/playbook/index.js';
import { createTemplar } from '../../../src/template/index.js';
import { MASK, type Mapping, mapping, Redactor } from '../../../src/values/index.js';

interface Asked {
  vars: Mapping;
  questions: string[];
  warnings: string[];
  redactor: Redactor;
}

const position = { file: 'p.yml', line: 1, column: 1 };
const templar = createTemplar();

/** Asks for one or more variables; `answers` are typed, undefined stands for no terminal. */
async function asking(
  entries: readonly Omit<VarsPrompt, 'position'>[],
  answers: readonly (string | undefined)[],
  { extraVars = {}, vars = {} }: { extraVars?: Mapping; vars?: Mapping } = {},
): Promise<Asked> {
  const waiting = [...answers];
  const asked: Asked = { vars: mapping(vars), questions: [], warnings: [], redactor: new Redactor() };
  const run: Asking = {
    scope: { extraVars: mapping(extraVars), templar },
    redactor: asked.redactor,
    signal: new AbortController().signal,
    emit: (event: RunEvent) => void (event.type === 'notice' && asked.warnings.push(event.message)),
    prompts: {
      ask: async (question, { secret }) => {
        asked.questions.push(`${question}${secret ? '(hidden)' : ''}`);
        return waiting.shift();
      },
    },
  };
  await askForVariables(run, { vars: asked.vars, varsPrompt: entries.map((entry) => ({ ...entry, position })) });
  return asked;
}

test.each([
  ['the name is asked for where there is no prompt, hidden by default', { name: 'x' }, 'x: (hidden)'],
  ['what is not private is shown', { name: 'x', prompt: 'Which', private: 'no' }, 'Which: '],
  ['a default is shown', { name: 'x', prompt: 'Which', private: false, default: 5 }, 'Which [5]: '],
  ['an empty prompt', { name: 'x', prompt: '', private: false, default: 1 }, 'input for x: '],
  [
    'fields are templates',
    { name: 'x', prompt: 'For {{ who }}', default: '{{ who }}', private: '{{ no }}' },
    'For me [me]: ',
  ],
])('%s', async (_, entry, question) => {
  const { questions } = await asking([entry], ['typed'], { vars: { who: 'me', no: false } });
  expect(questions).toEqual([question]);
});

test('what is typed is the variable; without an answer the default is, as text', async () => {
  expect((await asking([{ name: 'x', default: 5 }], ['typed'])).vars.x).toBe('typed');
  expect((await asking([{ name: 'x', default: 5 }], [''])).vars.x).toBe('5');
  expect((await asking([{ name: 'x' }], [''])).vars.x).toBe('');
});

test('what -e gives is not asked for', async () => {
  const { questions, vars } = await asking([{ name: 'x' }, { name: 'y' }], ['typed'], { extraVars: { x: 'given' } });
  expect(questions).toEqual(['y: (hidden)']);
  expect(vars).toEqual({ y: 'typed' });
});

test('with confirm it is asked twice, until both are the same', async () => {
  const { questions, vars, warnings } = await asking([{ name: 'x', confirm: true }], ['a', 'b', 'c', 'c']);
  expect(questions).toEqual(['x: (hidden)', 'confirm x: (hidden)', 'x: (hidden)', 'confirm x: (hidden)']);
  expect(warnings).toEqual(['***** VALUES ENTERED DO NOT MATCH ****']);
  expect(vars.x).toBe('c');
});

test('without a terminal the defaults count, said once; without one it is what Python calls nothing', async () => {
  const { vars, warnings } = await asking([{ name: 'x', default: 'd' }, { name: 'y' }], [undefined, undefined]);
  expect(vars).toEqual({ x: 'd', y: 'None' });
  expect(warnings).toEqual(['Not prompting as we are not in interactive mode']);
});

test('encrypt hashes what was typed, with a salt that is given or made up', async () => {
  const given = { name: 'x', encrypt: 'md5_crypt', salt: '12345678' };
  expect((await asking([given], ['pw'])).vars.x).toBe('$1$12345678$OYWcP3UEQ50eVnrC3.L3v/');
  const made = { name: 'x', encrypt: 'md5_crypt', salt_size: 4 };
  expect((await asking([made], ['pw'])).vars.x).toMatch(/^\$1\$.{4}\$/);
  await expect(asking([{ name: 'x', encrypt: 'rot13' }], ['pw'])).rejects.toMatchObject({
    message: 'vars_prompt x: there is no hash scheme rot13: passlib does not support it',
    position,
  });
});

test('what is typed is a template, unless it is unsafe', async () => {
  const variables = (vars: Mapping) => ({
    get: (name: string) => (Object.hasOwn(vars, name) ? { value: vars[name], template: true } : undefined),
    names: () => Object.keys(vars),
  });
  for (const [unsafe, expected] of [
    [false, '2'],
    [true, '{{ 1 + 1 }}'],
  ] as const) {
    const { vars } = await asking([{ name: 'x', unsafe }], ['{{ 1 + 1 }}']);
    expect(String(templar.render('{{ x }}', variables(vars)))).toBe(expected);
  }
});

test('what was typed without being shown is hidden from then on', async () => {
  const { redactor } = await asking([{ name: 'x' }, { name: 'y', private: false }], ['hunter22', 'visible']);
  expect(redactor.mask('hunter22 visible')).toBe(`${MASK} visible`);
});
