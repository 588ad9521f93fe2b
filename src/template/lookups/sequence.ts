import type { Mapping, Value } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { formatPercent } from '../python/format-percent.js';
import { checkListLength } from '../python/limits.js';

const short = /^(?:((?:0x)?[\da-f]+)-)?((?:0x)?[\da-f]+)(?:\/((?:0x)?[\da-f]+))?(?::(.+))?$/i;

interface Sequence {
  start: number;
  end: number | undefined;
  count: number | undefined;
  stride: number;
  format: string;
}

const numberFrom = (value: Value | undefined, name: string): number => {
  const number =
    typeof value === 'string' && value.trim() !== ''
      ? Number(/^0[0-7]+$/.test(value) ? `0o${value.slice(1)}` : value)
      : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw new TemplateError(`sequence: can't parse ${name}=${String(value)} as integer`);
  return number;
};

function read(term: string, kwargs: Mapping): Sequence {
  const parts: Record<string, Value> = { ...kwargs };
  const match = short.exec(term.trim());
  if (match !== null) {
    const [, start, end, stride, format] = match;
    Object.assign(parts, start && { start }, { end }, stride && { stride }, format && { format });
  } else {
    for (const word of term.split(/\s+/).filter((each) => each !== '')) {
      const at = word.indexOf('=');
      if (at < 0)
        throw new TemplateError(`sequence: cannot read '${word}'`, {
          fix: 'write start=1 end=5 stride=2 format=name%02d',
        });
      parts[word.slice(0, at)] = word.slice(at + 1);
    }
  }
  const unknown = Object.keys(parts).find((name) => !['start', 'end', 'count', 'stride', 'format'].includes(name));
  if (unknown !== undefined)
    throw new TemplateError(`sequence: unrecognized argument '${unknown}'`, { code: 'bad-arguments' });
  const optional = (name: string): number | undefined =>
    parts[name] === undefined ? undefined : numberFrom(parts[name], name);
  const [start, end, count, stride] = [optional('start') ?? 1, optional('end'), optional('count'), optional('stride')];
  return {
    start,
    end,
    count,
    stride: stride ?? 1,
    format: typeof parts.format === 'string' ? parts.format : '%d',
  };
}

/** Ansible's `sequence`: `start=1 end=5 stride=2 format=web%02d`, or in short `1-5/2:web%02d`. */
export function sequence(terms: readonly Value[], kwargs: Mapping): Value[] {
  const all = terms.length === 0 ? [''] : terms;
  return all.flatMap((term) => {
    const { start, end, count, stride, format } = read(String(term), kwargs);
    if (count === undefined && end === undefined) throw new TemplateError('must specify count or end in with_sequence');
    if (count !== undefined && end !== undefined)
      throw new TemplateError("can't specify both count and end in with_sequence");
    if (count === 0) return [];
    const last = end ?? start + (count ?? 0) * stride - Math.sign(stride);
    if (stride > 0 && last < start) throw new TemplateError('to count backwards make stride negative');
    if (stride < 0 && last > start) throw new TemplateError("to count forward don't make stride negative");
    if (stride === 0) return [];
    checkListLength(Math.abs((last - start) / stride));
    const numbers: Value[] = [];
    for (let at = start; stride > 0 ? at <= last : at >= last; at += stride) numbers.push(formatPercent(format, at));
    return numbers;
  });
}
