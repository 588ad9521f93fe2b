import { readdirSync, readFileSync } from 'node:fs';
import { controlPaths } from '../../src/engine/conversation/control-paths.js';
import {
  createTemplar,
  TemplateError,
  type TextOptions,
  UndefinedError,
  type Variables,
} from '../../src/template/index.js';
import type { Mapping, Value } from '../../src/values/index.js';

interface Answer {
  value?: Value;
  error?: 'undefined' | 'error';
}

interface Case {
  expression?: string;
  template?: string;
  text?: string;
  condition?: Value;
  vars?: Mapping;
  files?: Record<string, string>;
  options?: { trim_blocks?: boolean; lstrip_blocks?: boolean };
  native?: Answer;
  in_text?: Answer;
  expected?: Answer;
  /** Where we mean to differ: what we answer instead, and why. */
  ours?: { native?: Answer; in_text?: Answer; expected?: Answer; why: string };
}

const folder = new URL('./cases/', import.meta.url);

const templatesIn = (values: Mapping): Variables => ({
  get: (name) => (Object.hasOwn(values, name) ? { value: values[name], template: true } : undefined),
  names: () => Object.keys(values),
});

function attempt(run: () => Value): Answer {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: error instanceof UndefinedError ? 'undefined' : 'error' };
  }
}

/** Objects without prototypes compare like any others. */
const plain = (answer: Answer): unknown => JSON.parse(JSON.stringify(answer));

function answersOf(each: Case, shared: Mapping): [string, Answer, Answer | undefined][] {
  const variables = templatesIn({ ...shared, ...each.vars });
  const templar = createTemplar({
    loadTemplate: (name) => each.files?.[name],
    environment: { ...controlPaths, homeDirectory: () => undefined, variable: () => undefined },
  });
  const { expression, template, text, condition } = each;
  const golden = { ...each, ...each.ours };
  if (expression !== undefined) {
    return [
      ['alone', attempt(() => templar.render(`{{ ${expression} }}`, variables)), golden.native],
      ['within text', attempt(() => templar.render(`={{ ${expression} }}`, variables)), golden.in_text],
    ];
  }
  if (template !== undefined)
    return [['rendered', attempt(() => templar.render(template, variables)), golden.expected]];
  if (text !== undefined) {
    const { trim_blocks: trimBlocks = true, lstrip_blocks: lstripBlocks = false } = each.options ?? {};
    const options: TextOptions = { trimBlocks, lstripBlocks };
    return [['as a file', attempt(() => templar.renderText(text, variables, options)), golden.expected]];
  }
  return [['as a condition', attempt(() => templar.evaluateCondition(condition ?? null, variables)), golden.expected]];
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { vars, cases } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { vars: Mapping; cases: Case[] };
  describe(`${file}: the answer is the one that Ansible gives`, () => {
    test.each(
      cases.map(
        (each) => [JSON.stringify(each.expression ?? each.template ?? each.text ?? each.condition), each] as const,
      ),
    )('%s', (_, each) => {
      for (const [how, answer, expected] of answersOf(each, vars)) {
        expect({ how, answer: plain(answer) }).toEqual({ how, answer: expected });
      }
    });
  });
}
