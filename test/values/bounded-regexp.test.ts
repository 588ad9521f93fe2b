import fc from 'fast-check';
import { BoundedRegExp } from '../../src/values/bounded-regexp.js';

const long = 'a'.repeat(40);

test.each(['(a+)+$!', '(a|a)*$!', '(?:a+)+b', '(a+)+(a+)+b'])(
  'an expression that has no end on a text is given up: %s',
  (pattern) => {
    const began = process.cpuUsage();
    expect(() => new BoundedRegExp(pattern, 'vg').exec(long)).toThrow('does not come to an end on this text');
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(2);
    // The next one is none the worse for it.
    expect(new BoundedRegExp('a+').exec(long)?.[0]).toBe(long);
  },
  60_000,
);

test('many matches of a large text cost one guard', () => {
  const regex = new BoundedRegExp('\\s+', 'g');
  const text = 'ab '.repeat(20_000);
  const count = regex.within(text, () => {
    let found = 0;
    for (regex.lastIndex = 0; regex.exec(text) !== null; ) found++;
    return found;
  });
  expect(count).toBe(20_000);
});

test('it finds what any other expression finds', () => {
  const patterns = ['a*b', '(a|b)+c', '(x*)*', '[ab]{2,}', '\\w+@\\w+', '^a.c$', '(?<n>b)+', 'a(?=b)'];
  fc.assert(
    fc.property(
      fc.constantFrom(...patterns),
      fc.constantFrom('', 'g', 'i', 'v', 'dg'),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x', '@', '\n'), maxLength: 60 }),
      (pattern, flags, text) => {
        const bounded = new BoundedRegExp(pattern, flags);
        const plain = new RegExp(pattern, flags);
        for (let i = 0; i < 3; i++) {
          expect(bounded.exec(text)).toEqual(plain.exec(text));
          expect(bounded.lastIndex).toBe(plain.lastIndex);
        }
        expect(text.replace(bounded, '<$&>')).toBe(text.replace(plain, '<$&>'));
        expect(text.split(bounded)).toEqual(text.split(plain));
      },
    ),
  );
});

test('an error of what is done meanwhile comes through', () => {
  const regex = new BoundedRegExp('(a+)+b');
  expect(() =>
    regex.within(long, () => {
      throw new TypeError('mine');
    }),
  ).toThrow(new TypeError('mine'));
});
