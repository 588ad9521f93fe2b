import { escapePattern } from '../../values/index.js';
/** Python's strftime and strptime on plain fields of a date; no clock, no time zone database. */
import { TemplateError } from '../errors.js';

export interface DateFields {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
}

const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Milliseconds since 1970 of the fields taken as UTC. */
export function epochOf({ year, month, day, hour, minute, second }: DateFields): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

export function fieldsOf(epochMs: number): DateFields {
  const date = new Date(epochMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: Math.round((epochMs - Math.floor(epochMs / 1000) * 1000) * 1000),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

function isoWeek(fields: DateFields): { year: number; week: number } {
  const day = new Date(epochOf({ ...fields, hour: 0, minute: 0, second: 0 }));
  const weekday = day.getUTCDay() || 7;
  day.setUTCDate(day.getUTCDate() + 4 - weekday);
  const year = day.getUTCFullYear();
  return { year, week: Math.ceil(((day.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7) };
}

export interface ZoneText {
  name: string;
  offsetMinutes: number;
}

/** `zone` is shown for %z and %Z; a date without one shows nothing there. */
export function formatDate(format: string, fields: DateFields, zone?: ZoneText): string {
  const weekday = new Date(epochOf(fields)).getUTCDay();
  const yearDay = Math.floor(
    (epochOf({ ...fields, hour: 0, minute: 0, second: 0 }) -
      epochOf({ ...fields, month: 1, day: 1, hour: 0, minute: 0, second: 0 })) /
      86_400_000,
  );
  const part = (letter: string): string | undefined => {
    switch (letter) {
      case 'Y':
        return String(fields.year);
      case 'C':
        return two(Math.floor(fields.year / 100));
      case 'y':
        return two(fields.year % 100);
      case 'm':
        return two(fields.month);
      case 'd':
        return two(fields.day);
      case 'e':
        return String(fields.day).padStart(2);
      case 'H':
        return two(fields.hour);
      case 'k':
        return String(fields.hour).padStart(2);
      case 'I':
        return two(fields.hour % 12 || 12);
      case 'l':
        return String(fields.hour % 12 || 12).padStart(2);
      case 'M':
        return two(fields.minute);
      case 'S':
        return two(fields.second);
      case 'f':
        return String(fields.microsecond).padStart(6, '0');
      case 'p':
        return fields.hour < 12 ? 'AM' : 'PM';
      case 'P':
        return fields.hour < 12 ? 'am' : 'pm';
      case 'A':
        return dayNames[weekday];
      case 'a':
        return dayNames[weekday]?.slice(0, 3);
      case 'B':
        return monthNames[fields.month - 1];
      case 'b':
      case 'h':
        return monthNames[fields.month - 1]?.slice(0, 3);
      case 'j':
        return String(yearDay + 1).padStart(3, '0');
      case 'w':
        return String(weekday);
      case 'u':
        return String(weekday || 7);
      case 'U':
        return two(Math.floor((yearDay + 7 - weekday) / 7));
      case 'W':
        return two(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7));
      case 'V':
        return two(isoWeek(fields).week);
      case 'G':
        return String(isoWeek(fields).year);
      case 'g':
        return two(isoWeek(fields).year % 100);
      case 's':
        return String(Math.floor(epochOf(fields) / 1000) - (zone?.offsetMinutes ?? 0) * 60);
      case 'F':
        return expand('%Y-%m-%d');
      case 'T':
      case 'X':
        return expand('%H:%M:%S');
      case 'R':
        return expand('%H:%M');
      case 'r':
        return expand('%I:%M:%S %p');
      case 'D':
      case 'x':
        return expand('%m/%d/%y');
      case 'c':
        return expand('%a %b %e %H:%M:%S %Y');
      case 'z':
        return zone === undefined ? '' : offsetText(zone.offsetMinutes);
      case 'Z':
        return zone?.name ?? '';
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case '%':
        return '%';
      default:
        return undefined;
    }
  };
  const expand = (text: string): string =>
    text.replace(/%-?([a-zA-Z%])/g, (whole, letter) => {
      const value = part(letter);
      if (value === undefined) return whole;
      return whole[1] === '-' ? value.replace(/^[0 ]+(?=.)/, '') : value;
    });
  return expand(format);
}

const offsetText = (minutes: number): string =>
  `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;

const alternatives = (names: readonly string[]): string => names.join('|');
const readers: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d\\d',
  m: '1[0-2]|0[1-9]|[1-9]',
  d: '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]',
  H: '2[0-3]|[01]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  S: '6[01]|[0-5]\\d|\\d',
  f: '\\d{1,6}',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0?[1-9]\\d|00?[1-9]|[1-9]',
  p: 'am|pm',
  A: alternatives(dayNames),
  a: alternatives(dayNames.map((name) => name.slice(0, 3))),
  B: alternatives(monthNames),
  b: alternatives(monthNames.map((name) => name.slice(0, 3))),
  z: '[-+]\\d\\d:?[0-5]\\d|Z',
  Z: 'utc|gmt',
  '%': '%',
  w: '[0-6]',
};
const compounds: Readonly<Record<string, string>> = { T: '%H:%M:%S', F: '%Y-%m-%d', R: '%H:%M', D: '%m/%d/%y' };

export interface ParsedDate {
  fields: DateFields;
  offsetMinutes: number | undefined;
}

/** Python's strptime; throws TemplateError where the text does not fit the format. */
export function parseDate(text: string, format: string): ParsedDate {
  const letters: string[] = [];
  const pattern = escapePattern(format.replace(/%([TFRD])/g, (_, letter) => compounds[letter] ?? ''))
    .replace(/%([a-zA-Z%])/g, (_, letter: string) => {
      const reader = readers[letter];
      if (reader === undefined) throw new TemplateError(`'${letter}' is a bad directive in format '${format}'`);
      letters.push(letter);
      return `(${reader})`;
    })
    .replace(/\s+/g, '\\s+');
  const match = new RegExp(`^${pattern}$`, 'i').exec(text);
  if (match === null) throw new TemplateError(`time data '${text}' does not match format '${format}'`);
  const values = new Map(letters.map((letter, index) => [letter, match[index + 1] ?? '']));
  const number = (letter: string): number | undefined => (values.has(letter) ? Number(values.get(letter)) : undefined);
  const monthAt = (names: readonly string[], letter: string): number | undefined => {
    const at = names.findIndex((name) => name.toLowerCase() === values.get(letter)?.toLowerCase());
    return at < 0 ? undefined : at + 1;
  };
  const short = number('y');
  const isAfternoon = values.get('p')?.toLowerCase() === 'pm';
  const twelve = number('I');
  const fields: DateFields = {
    year: number('Y') ?? (short === undefined ? 1900 : short < 69 ? 2000 + short : 1900 + short),
    month:
      number('m') ??
      monthAt(monthNames, 'B') ??
      monthAt(
        monthNames.map((name) => name.slice(0, 3)),
        'b',
      ) ??
      1,
    day: number('d') ?? 1,
    hour: number('H') ?? (twelve === undefined ? 0 : (twelve % 12) + (isAfternoon ? 12 : 0)),
    minute: number('M') ?? 0,
    second: number('S') ?? 0,
    microsecond: Number((values.get('f') ?? '0').padEnd(6, '0')),
  };
  const yearDay = number('j');
  if (yearDay !== undefined && !values.has('m')) Object.assign(fields, monthAndDay(fields.year, yearDay));
  if (fieldsOf(epochOf(fields)).day !== fields.day)
    throw new TemplateError(`time data '${text}': day is out of range for month`);
  const zone = values.get('z');
  return { fields, offsetMinutes: zone === undefined ? undefined : zoneMinutes(zone) };
}

function monthAndDay(year: number, yearDay: number): Pick<DateFields, 'month' | 'day'> {
  const { month, day } = fieldsOf(Date.UTC(year, 0, yearDay));
  return { month, day };
}

function zoneMinutes(zone: string): number {
  if (/^z$/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /^([-+])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
