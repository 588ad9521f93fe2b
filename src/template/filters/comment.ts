import { TemplateError } from '../errors.js';
import type { Kwargs } from '../python/kinds.js';
import { repeatText } from '../python/limits.js';
import { strip } from '../python/text.js';
import { text, whole } from './arguments.js';

interface Style {
  beginning?: string;
  decoration: string;
  end?: string;
}

const styles: Readonly<Record<string, Style>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
};

const trimEnd = (value: string): string => strip(value, undefined, 'right');

/** Ansible's `comment`: decorates every line and frames them. */
export function comment(value: string, styleName: string, options: Kwargs): string {
  const style = Object.hasOwn(styles, styleName) ? styles[styleName] : undefined;
  if (style === undefined)
    throw new TemplateError(`comment: unknown style '${styleName}'`, {
      fix: `use one of ${Object.keys(styles).join(', ')}`,
    });
  const option = (name: string, fallback: string): string => text(options.get(name), name, fallback);
  const newline = option('newline', '\n');
  const decoration = option('decoration', style.decoration);
  const edge = trimEnd(decoration);
  const prefix = option('prefix', edge);
  const postfix = option('postfix', edge);
  const beginning = option('beginning', style.beginning ?? '');
  const end = option('end', style.end ?? '');
  const prefixLine = prefix === '' ? '' : prefix === newline ? newline : prefix + newline;
  const body = (decoration + value.replaceAll(newline, newline + decoration)).replaceAll(
    decoration + newline,
    edge + newline,
  );
  return (
    (beginning === '' ? '' : beginning + newline) +
    repeatText(prefixLine, whole(options.get('prefix_count'), 'prefix_count', 1)) +
    body +
    repeatText(newline + postfix, whole(options.get('postfix_count'), 'postfix_count', 1)) +
    (end === '' ? '' : newline + end)
  );
}
