import type { Position } from '../errors/index.js';
import { Float, type Mapping, mapping } from '../values/index.js';
import { type Context, report } from './context.js';
import type { Scope } from './model.js';
import { isTemplate } from './words.js';

/** `{{ name }}` with variables whose values are plain text; enough for names of files. */
function substitute(text: string, variables: Mapping): string | undefined {
  let isWhole = true;
  const rendered = text.replace(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g, (whole, name: string) => {
    const value = variables[name];
    const isPlain =
      typeof value === 'number' || value instanceof Float || (typeof value === 'string' && !isTemplate(value));
    if (!isPlain) isWhole = false;
    return isPlain ? String(value) : whole;
  });
  return isWhole && !isTemplate(rendered) ? rendered : undefined;
}

interface Name {
  text: string;
  position: Position;
  /** What says the name: import_tasks … */
  keyword: string;
  /** What to use where the name depends on the host. */
  instead: string;
}

/** A name that must be known before any host is: rendered with extra variables and those of the files around it. */
export function staticText(context: Context, name: Name, scope?: Scope): string | undefined {
  const { text, position, keyword, instead } = name;
  if (!isTemplate(text)) return text;
  const { staticVars, renderStatic } = context.options;
  const variables: Mapping = Object.assign(mapping(context.play.vars), ...(scope?.varsChain ?? []), staticVars);
  const rendered = renderStatic === undefined ? substitute(text, variables) : renderStatic(text, variables);
  if (rendered !== undefined) return rendered;
  report(context, position, {
    code: 'dynamic-import',
    message: `\`${keyword}\` with a name that is not known yet`,
    why: 'imports are read before any host is; only -e and the variables of the play can stand in their names',
    fix: `use \`${instead}\`, or give the variable with -e`,
  });
  return undefined;
}
