import { TemplateError } from '../errors.js';
import { type DateFields, epochOf, fieldsOf, formatDate } from './calendar.js';
import { Callable, float, numberOf, Thing, typeName } from './kinds.js';

const DAY = 86_400_000_000;

/** A difference of dates, in microseconds. */
class TimeDelta extends Thing {
  readonly typeName = 'timedelta';

  constructor(readonly microseconds: number) {
    super();
  }

  attribute(name: string): unknown {
    const days = Math.floor(this.microseconds / DAY);
    const rest = this.microseconds - days * DAY;
    switch (name) {
      case 'days':
        return days;
      case 'seconds':
        return Math.floor(rest / 1_000_000);
      case 'microseconds':
        return rest % 1_000_000;
      case 'total_seconds':
        return new Callable('total_seconds', () => float(this.microseconds / 1_000_000));
      case '__order__':
        return this.microseconds;
      case '__+__':
        return (other: unknown) =>
          other instanceof TimeDelta ? new TimeDelta(this.microseconds + other.microseconds) : fail('+', this, other);
      case '__-__':
        return (other: unknown) =>
          other instanceof TimeDelta ? new TimeDelta(this.microseconds - other.microseconds) : fail('-', this, other);
      case '__*__':
      case '__/__':
        return (other: unknown) => {
          const by = numberOf(other);
          if (by === undefined || (by === 0 && name === '__/__')) return fail(name[2] ?? '*', this, other);
          return new TimeDelta(Math.round(name === '__*__' ? this.microseconds * by : this.microseconds / by));
        };
      default:
        return undefined;
    }
  }

  override repr(): string {
    const days = Math.floor(this.microseconds / DAY);
    const { hour, minute, second, microsecond } = clock(this.microseconds - days * DAY);
    const two = (value: number): string => String(value).padStart(2, '0');
    const time = `${hour}:${two(minute)}:${two(second)}${microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`}`;
    return days === 0 ? time : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${time}`;
  }
}

const clock = (microseconds: number): Pick<DateFields, 'hour' | 'minute' | 'second' | 'microsecond'> => {
  const seconds = Math.floor(microseconds / 1_000_000);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: microseconds % 1_000_000,
  };
};

function fail(sign: string, a: unknown, b: unknown): never {
  throw new TemplateError(`unsupported operand type(s) for ${sign}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** Python's datetime, with an offset where the text it was read from had one. */
export class DateTime extends Thing {
  readonly typeName = 'datetime';

  constructor(
    readonly fields: DateFields,
    readonly offsetMinutes?: number,
  ) {
    super();
  }

  /** Microseconds since 1970 in the date's own clock. */
  get local(): number {
    return epochOf(this.fields) * 1000 + this.fields.microsecond;
  }

  get instant(): number {
    return this.local - (this.offsetMinutes ?? 0) * 60_000_000;
  }

  plus(microseconds: number): DateTime {
    const at = this.local + microseconds;
    const fields = fieldsOf(Math.floor(at / 1000));
    return new DateTime({ ...fields, microsecond: ((at % 1_000_000) + 1_000_000) % 1_000_000 }, this.offsetMinutes);
  }

  format(format: string): string {
    const { offsetMinutes } = this;
    if (offsetMinutes === undefined) return formatDate(format, this.fields);
    return formatDate(format, this.fields, { name: 'UTC', offsetMinutes });
  }

  attribute(name: string): unknown {
    if (Object.hasOwn(this.fields, name)) return this.fields[name as keyof DateFields];
    const method = (run: (args: readonly unknown[]) => unknown): Callable => new Callable(name, run);
    switch (name) {
      case 'strftime':
        return method(([format]) => this.format(String(format)));
      case 'isoformat':
        return method(() => this.repr().replace(' ', 'T'));
      case 'timestamp':
        return method(() => float(this.instant / 1_000_000));
      case 'weekday':
        return method(() => (new Date(epochOf(this.fields)).getUTCDay() + 6) % 7);
      case 'isoweekday':
        return method(() => new Date(epochOf(this.fields)).getUTCDay() || 7);
      case 'date':
        return method(() => new DateOnly(this.fields));
      case '__order__':
        return this.instant;
      case '__+__':
        return (other: unknown) =>
          other instanceof TimeDelta ? this.plus(other.microseconds) : fail('+', this, other);
      case '__-__':
        return (other: unknown) => {
          if (other instanceof DateTime) return new TimeDelta(this.instant - other.instant);
          return other instanceof TimeDelta ? this.plus(-other.microseconds) : fail('-', this, other);
        };
      default:
        return undefined;
    }
  }

  override repr(): string {
    const { microsecond } = this.fields;
    const zone = this.offsetMinutes === undefined ? '' : this.format('%z').replace(/(\d\d)$/, ':$1');
    return this.format(microsecond === 0 ? '%Y-%m-%d %H:%M:%S' : '%Y-%m-%d %H:%M:%S.%f') + zone;
  }
}

class DateOnly extends Thing {
  readonly typeName = 'date';
  constructor(readonly fields: DateFields) {
    super();
  }

  attribute(name: string): unknown {
    if (name === 'year' || name === 'month' || name === 'day') return this.fields[name];
    if (name === '__order__') return epochOf({ ...this.fields, hour: 0, minute: 0, second: 0 });
    return undefined;
  }

  override repr(): string {
    return formatDate('%Y-%m-%d', this.fields);
  }
}
