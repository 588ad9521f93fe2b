import { TemplateError } from '../errors.js';
import { compare } from '../python/compare.js';
import { dictEntries, rangeItems } from '../python/dict.js';
import {
  Callable,
  type Dict,
  Float,
  isDict,
  isFloat,
  isList,
  numberOf,
  Range,
  Thing,
  Undefined,
} from '../python/kinds.js';
import { integerText, str } from '../python/repr.js';
import { analyze, looksTyped, yamlFloat } from './scalar.js';
import { YamlWriter } from './writer.js';

export interface YamlStyle {
  /** Blanks a level; default 2. */
  indent?: number;
  /** Default 80. */
  width?: number;
  sortKeys?: boolean;
  /** true: all in one line's notation, false: never, undefined: collections that hold only scalars. */
  flow?: boolean | undefined;
  explicitStart?: boolean;
  explicitEnd?: boolean;
  /** Texts of several lines stand below a `|` where YAML allows it: not with blanks at a line's end or control characters. */
  literal?: boolean;
}

interface Place {
  /** The indentation of the collection around; undefined at the root. */
  indent: number | undefined;
  inMapping: boolean;
  inFlow: boolean;
  isKey: boolean;
}

/** Writes YAML as PyYAML with libyaml does (Ansible's dumper), but never with anchors. */
export function dumpYaml(value: unknown, style: YamlStyle = {}): string {
  const writer = new YamlWriter(style.width ?? 80);
  if (style.explicitStart === true) writer.indicator('---', true);
  new Dumper(writer, style).node(value, { indent: undefined, inMapping: false, inFlow: false, isKey: false });
  writer.indent(0);
  return style.explicitEnd === true ? `${writer.text}...\n` : writer.text;
}

const isScalar = (value: unknown): boolean => !isList(value) && !isDict(value) && !(value instanceof Range);

class Dumper {
  depth = 0;
  readonly step: number;

  constructor(
    readonly writer: YamlWriter,
    readonly style: YamlStyle,
  ) {
    const { indent = 2 } = style;
    this.step = indent > 1 && indent < 10 ? indent : 2;
  }

  node(value: unknown, place: Place): void {
    if (++this.depth > 300) throw new TemplateError('the value is nested too deeply', { code: 'template-too-big' });
    if (value instanceof Range) this.list(rangeItems(value), place);
    else if (isList(value)) this.list(value, place);
    else if (isDict(value)) this.dict(value, place);
    else this.scalar(value, place);
    this.depth--;
  }

  scalar(value: unknown, place: Place): void {
    if (value instanceof Undefined) value.fail();
    if (typeof value === 'string' || value instanceof Thing || value instanceof Callable) {
      this.string(str(value), place);
      return;
    }
    const number = numberOf(value);
    const text =
      value === null || value === undefined
        ? 'null'
        : typeof value === 'boolean'
          ? String(value)
          : isFloat(value)
            ? yamlFloat(value instanceof Float ? value.value : value)
            : integerText(number ?? 0);
    this.writer.plain(text, false, 0);
  }

  string(text: string, place: Place): void {
    const { multiline, flowPlain, blockPlain, singleQuoted, literal } = analyze(text);
    const indent = (place.indent ?? 0) + this.step;
    const mayBePlain =
      !looksTyped(text) && text !== '' && !(place.isKey && multiline) && (place.inFlow ? flowPlain : blockPlain);
    if (this.style.literal === true && multiline && !place.inFlow && !place.isKey) {
      if (literal) this.writer.literal(text, indent, this.step);
      else this.writer.doubleQuoted(text, true, indent);
    } else if (mayBePlain) this.writer.plain(text, !place.isKey, indent);
    else if (singleQuoted && !(place.isKey && multiline)) this.writer.singleQuoted(text, !place.isKey, indent);
    else this.writer.doubleQuoted(text, !place.isKey, indent);
  }

  isFlow(members: readonly unknown[], place: Place): boolean {
    if (place.inFlow || members.length === 0) return true;
    return this.style.flow ?? members.every((member) => isScalar(member));
  }

  list(items: readonly unknown[], place: Place): void {
    const { writer } = this;
    if (this.isFlow(items, place)) {
      const indent = place.indent === undefined ? this.step : place.indent + this.step;
      writer.indicator('[', true, true);
      items.forEach((item, at) => {
        if (at > 0) writer.indicator(',', false);
        if (writer.column > writer.width) writer.indent(indent);
        this.node(item, { indent, inMapping: false, inFlow: true, isKey: false });
      });
      writer.indicator(']', false);
      return;
    }
    const isIndentless = place.inMapping && !writer.indention;
    const indent = place.indent === undefined ? 0 : isIndentless ? place.indent : place.indent + this.step;
    for (const item of items) {
      writer.indent(indent);
      writer.indicator('-', true, false, true);
      this.node(item, { indent, inMapping: false, inFlow: false, isKey: false });
    }
  }

  entries(dict: Dict): [unknown, unknown][] {
    const entries = dictEntries(dict);
    if (this.style.sortKeys === false) return entries;
    try {
      return entries.sort(([a], [b]) => compare(a, b));
    } catch (error) {
      // Keys of different types have no order: they stay as they are, as in PyYAML.
      if (error instanceof TemplateError) return entries;
      throw error;
    }
  }

  dict(dict: Dict, place: Place): void {
    const { writer } = this;
    const entries = this.entries(dict);
    const isFlow = this.isFlow(
      entries.map(([, value]) => value),
      place,
    );
    const flowIndent = place.indent === undefined ? this.step : place.indent + this.step;
    const indent = isFlow ? flowIndent : place.indent === undefined ? 0 : flowIndent;
    if (isFlow) writer.indicator('{', true, true);
    entries.forEach(([key, value], at) => {
      if (isFlow) {
        if (at > 0) writer.indicator(',', false);
        if (writer.column > writer.width) writer.indent(indent);
      } else writer.indent(indent);
      const keyText = typeof key === 'string' ? key : '';
      const isSimple = typeof key !== 'string' || (keyText.length < 129 && !keyText.includes('\n'));
      if (!isSimple) writer.indicator('?', true, false, true);
      this.node(key, { indent, inMapping: true, inFlow: isFlow, isKey: isSimple });
      if (isSimple) writer.indicator(':', false);
      else {
        writer.indent(indent);
        writer.indicator(':', true, false, true);
      }
      this.node(value, { indent, inMapping: true, inFlow: isFlow, isKey: false });
    });
    if (isFlow) writer.indicator('}', false);
  }
}
