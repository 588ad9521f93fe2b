import fc from 'fast-check';
import { containsAddress, overlaps, parseCidr, sameSubnet } from '../../src/kubernetes/cidr.js';

const cidr = (text: string) => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

test.each([
  '',
  '10.0.0.0',
  '10.0.0/8',
  '10.0.0.256/8',
  '10.0.0.0/33',
  '010.0.0.0/8',
  'fd00::/129',
  ':::/8',
  '1:2/8',
  'x/8',
])('%p is not a subnet', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test.each([
  ['10.244.0.0/16', '10.96.0.0/12', false],
  ['10.100.0.0/16', '10.96.0.0/12', true],
  ['10.96.0.0/12', '10.100.1.0/24', true],
  ['fd00:10::/56', 'fd00:10:0:ff::/64', true],
  ['fd00:10::/56', 'fd00:11::/56', false],
  ['::/0', '0.0.0.0/0', false],
])('%s and %s overlap: %p', (a, b, expected) => {
  expect(overlaps(cidr(a), cidr(b))).toBe(expected);
  expect(overlaps(cidr(b), cidr(a))).toBe(expected);
});

test('host bits do not count', () => {
  expect(sameSubnet(cidr('10.244.3.4/16'), cidr('10.244.0.0/16'))).toBe(true);
  expect(sameSubnet(cidr('::ffff:1.2.3.4/128'), cidr('::ffff:102:304/128'))).toBe(true);
});

test('a subnet contains its addresses and no others', () => {
  expect(containsAddress(cidr('192.168.10.0/24'), '192.168.10.255')).toBe(true);
  expect(containsAddress(cidr('192.168.10.0/24'), '192.168.11.0')).toBe(false);
  expect(containsAddress(cidr('fd00::/8'), '10.0.0.1')).toBe(false);
});

test('every address and prefix makes a subnet that contains the address', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
      expect(containsAddress(cidr(`${address}/${prefix}`), address)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, prefix) => {
      expect(containsAddress(cidr(`${address}/${prefix}`), address)).toBe(true);
    }),
  );
});
