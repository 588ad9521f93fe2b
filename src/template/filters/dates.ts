import { TemplateError } from '../errors.js';
import { fieldsOf, formatDate, parseDate } from '../python/calendar.js';
import { DateTime } from '../python/datetime.js';
import { numberOf } from '../python/kinds.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, optional, text } from './arguments.js';
import { needs } from './needs.js';

/** JavaScript's dates end there: in the year 275760. */
const LATEST_MS = 8.64e15;

export const dateFilters: Readonly<Record<string, Filter>> = {
  to_datetime: filter('format', (value, [format]) => {
    const { fields, offsetMinutes } = parseDate(
      text(value, 'the value of to_datetime'),
      text(format, 'format', '%Y-%m-%d %H:%M:%S'),
    );
    return new DateTime(fields, offsetMinutes);
  }),
  strftime: filter('second utc', (value, [second, utc], { context }) => {
    const seconds = optional(second);
    const given = typeof seconds === 'string' ? Number(seconds) : numberOf(seconds);
    if (seconds !== undefined && (given === undefined || Number.isNaN(given))) {
      throw new TemplateError(`Invalid value for epoch value (${str(seconds)})`);
    }
    const epochMs = given === undefined ? needs(context.environment, 'now', 'strftime without a time')() : given * 1000;
    if (Math.abs(epochMs) > LATEST_MS) throw new TemplateError(`Invalid value for epoch value (${str(seconds)})`);
    const offsetMinutes = flag(utc) ? 0 : (context.environment.utcOffsetMinutes?.(epochMs) ?? 0);
    const fields = fieldsOf(Math.floor(epochMs / 1000) * 1000 + offsetMinutes * 60_000);
    return formatDate(str(value), fields, { name: offsetMinutes === 0 ? 'UTC' : '', offsetMinutes });
  }),
};
