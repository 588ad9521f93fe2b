import { isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { createEngine, type TemplateEngine } from './compile/engine.js';
import { placed } from './compile/template.js';
import { compileCondition, conditionHolds, evaluateExpression } from './conditions.js';
import { TemplateError } from './errors.js';
import { toValue } from './python/copy.js';
import { str } from './python/repr.js';
import { freeNames, freeNamesOf } from './references.js';
import { Rendering } from './runtime/rendering.js';
import { kindIn, unsafeKind } from './runtime/text-kinds.js';
import { mayBeTemplate, playbookSyntax, type Syntax } from './syntax/delimiters.js';
import { parseBareExpression, parseTemplate } from './syntax/parse.js';
import { prepareText } from './text-options.js';
import type { Templar, TemplarOptions, TemplateProblem, TextKind, TextOptions, Variables } from './types.js';

/** A value's way out; an undefined inside it is the text's error. */
const leave = (source: string, rendering: Rendering, value: unknown): Value =>
  placed(source, undefined, rendering, () => toValue(value));

/** Is the value what it is for every host and at any time: is there no template in it? */
export function isConstant(value: Value): boolean {
  if (typeof value === 'string') return !mayBeTemplate(value);
  if (Array.isArray(value)) return value.every(isConstant);
  if (!isMapping(value)) return true;
  return Object.entries(value).every(([key, item]) => !mayBeTemplate(key) && isConstant(item));
}

function renderValue(engine: TemplateEngine, value: Value, rendering: Rendering, depth = 0): Value {
  if (typeof value === 'string') {
    if (!mayBeTemplate(value)) return value;
    rendering.noteText(value);
    return leave(value, rendering, engine.compile(value, playbookSyntax).renderNative(rendering));
  }
  if (depth > 500) throw new TemplateError('the value is nested too deeply', { code: 'template-too-big' });
  if (Array.isArray(value)) return value.map((item) => renderValue(engine, item, rendering, depth + 1));
  if (!isMapping(value)) return value;
  const result: Mapping = mapping();
  for (const key of Object.keys(value)) {
    const name = mayBeTemplate(key) ? str(renderValue(engine, key, rendering)) : key;
    result[name] = renderValue(engine, value[key] ?? null, rendering, depth + 1);
  }
  return result;
}

/** What kind of text has become of a value, or is in it. */
function kindOfRendered(rendering: Rendering, value: Value, rendered: Value): TextKind {
  // Without native types Ansible writes lists and mappings out and reads them back.
  const isReadBack = typeof value === 'string' && typeof rendered !== 'string' && !rendering.engine.options.native;
  const kind = isReadBack ? 'str' : kindIn(rendering, { value, template: true }, '');
  return rendering.trace.isUnsafe ? unsafeKind(kind) : kind;
}

/** Syntaxes made from options, kept so that each has its cache of compiled texts. */
function syntaxKeeper(): (syntax: Syntax) => Syntax {
  const known = new Map<string, Syntax>();
  return (syntax) => {
    const key = JSON.stringify(syntax);
    const kept = known.get(key) ?? syntax;
    known.set(key, kept);
    return kept;
  };
}

/** What was there stays to be had by its full name. */
function replaceIn<T>(known: Map<string, T>, plugins: Readonly<Record<string, T>>): void {
  for (const [name, made] of Object.entries(plugins)) {
    const builtin = known.get(name);
    if (builtin !== undefined && !known.has(`ansible.builtin.${name}`)) known.set(`ansible.builtin.${name}`, builtin);
    known.set(name, made);
  }
}

function problemOf(error: unknown): TemplateProblem {
  if (!(error instanceof TemplateError)) throw error;
  const { code, message, place, fix } = error;
  const { offset = 0, line = 1, column = 1 } = place ?? {};
  return { code, message, offset, line, column, ...(fix === undefined ? {} : { fix }) };
}

/** A template engine that speaks Jinja2 as Ansible does. Pure, but for what the options inject. */
export function createTemplar(options: TemplarOptions = {}): Templar {
  const engine = createEngine(options);
  const keep = syntaxKeeper();
  const isGlobal = (name: string): boolean => engine.globals.has(name) || engine.boundGlobals.has(name);

  const renderText = (text: string, variables: Variables, textOptions: TextOptions = {}): string => {
    const { source, syntax, newlineSequence, keepTrailingNewline } = prepareText(text, textOptions);
    const result = engine
      .compile(source, keep(syntax), textOptions.name)
      .renderText(new Rendering(engine, variables, undefined, textOptions.name), keepTrailingNewline);
    return newlineSequence === '\n' ? result : result.replaceAll('\n', newlineSequence);
  };

  return {
    addPlugins({ filters = {}, tests = {}, lookups = {} }) {
      replaceIn(engine.filters, filters);
      replaceIn(engine.tests, tests);
      replaceIn(engine.lookups, lookups);
    },
    render: (value, variables) => renderValue(engine, value, new Rendering(engine, variables)),
    renderTraced(value, variables) {
      const rendering = new Rendering(engine, variables);
      const rendered = renderValue(engine, value, rendering);
      const { isForeign, isUnrendered } = rendering.trace;
      return {
        value: rendered,
        isOwn: !isForeign,
        isUnrendered: isUnrendered && !isForeign,
        kind: () => kindOfRendered(rendering, value, rendered),
      };
    },
    evaluate(expression, variables) {
      const rendering = new Rendering(engine, variables);
      return leave(expression, rendering, evaluateExpression(engine, expression, variables));
    },
    evaluateCondition: (condition, variables) => conditionHolds(engine, condition, variables),
    renderText,
    check(text, { expression = false } = {}) {
      try {
        if (expression && !mayBeTemplate(text)) compileCondition(engine, text);
        else engine.compile(text, playbookSyntax);
        return undefined;
      } catch (error) {
        return problemOf(error);
      }
    },
    references(text, { expression = false } = {}) {
      const names = placed(text, undefined, undefined, () =>
        expression && !mayBeTemplate(text)
          ? freeNamesOf(parseBareExpression(text))
          : freeNames(parseTemplate(text, playbookSyntax)),
      );
      return new Set([...names].filter((name) => !isGlobal(name)));
    },
  };
}
