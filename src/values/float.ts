/** Python's shortest text of a float: exponent from 1e16 on and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  if (value === 0) return '0.0';
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= 16 || exponent < -4) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  if (exponent < 0) {
    const digits = mantissa.replace('-', '').replace('.', '');
    return `${value < 0 ? '-' : ''}0.${'0'.repeat(-exponent - 1)}${digits}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/**
 * A float without a fraction: Python tells 1.0 from 1, and prints it so. Other floats, infinities and NaN included, are
 * plain numbers. JSON for hosts and machines sees the number.
 */
export class Float {
  constructor(readonly value: number) {}

  toString(): string {
    return floatText(this.value);
  }

  valueOf(): number {
    return this.value;
  }

  toJSON(): number {
    return this.value;
  }
}

/** A float of Python's: boxed where JavaScript would take it for an integer. */
export const float = (value: number): number | Float => (Number.isInteger(value) ? new Float(value) : value);

/** JavaScript's number of a boxed float; anything else as it is. */
export const unboxed = <T>(value: T | Float): T | number => (value instanceof Float ? value.value : value);
