import { Float, float, floatText, isMapping, Redactor, unboxed } from '../../src/values/index.js';

test.each([
  [1, '1.0'],
  [-0, '-0.0'],
  [1e16, '1e+16'],
  [0.00001, '1e-05'],
  [123456789, '123456789.0'],
  [0.1, '0.1'],
])('the float %p prints as Python prints it: %s', (value, printed) => {
  expect(floatText(value)).toBe(printed);
  expect(String(new Float(value))).toBe(printed);
});

test('only what JavaScript would take for an integer is boxed', () => {
  expect(float(1)).toBeInstanceOf(Float);
  expect(float(1.5)).toBe(1.5);
  expect(unboxed(float(3))).toBe(3);
  expect(unboxed('3')).toBe('3');
});

test('a boxed float is a scalar: no mapping, a number in JSON, left alone by the redactor', () => {
  const redactor = new Redactor();
  redactor.add('secret');
  expect(isMapping(float(1))).toBe(false);
  expect(JSON.stringify({ v: float(1) })).toBe('{"v":1}');
  expect(redactor.maskValue({ v: float(1), s: 'a secret' })).toEqual({ v: new Float(1), s: 'a ********' });
});
