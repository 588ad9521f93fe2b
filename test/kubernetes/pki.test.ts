import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { caCertHash, checkCa, readCertificate } from '../../src/kubernetes/pki.js';

const read = (name: string) => readFileSync(fileURLToPath(new URL(`./pki/${name}`, import.meta.url)), 'utf8');
const now = new Date('2030-01-01');

test.each(['rsa', 'ec'])('the CA hash of an %s key is the one kubeadm documents', (kind) => {
  // openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256
  const der = new X509Certificate(read(`${kind}.crt`)).publicKey.export({ type: 'spki', format: 'der' });
  expect(caCertHash(read(`${kind}.crt`))).toBe(`sha256:${createHash('sha256').update(der).digest('hex')}`);
});

test('validity and CA flag are read', () => {
  const reference = new X509Certificate(read('rsa.crt'));
  const certificate = readCertificate(read('rsa.crt'));
  expect(certificate.notAfter).toEqual(new Date(reference.validTo));
  expect(certificate.notBefore).toEqual(new Date(reference.validFrom));
  expect([certificate.isCa, readCertificate(read('leaf.crt')).isCa]).toEqual([true, false]);
});

test.each([
  ['a CA with its key', 'rsa.crt', 'rsa.key', []],
  ['an ECDSA CA with its key', 'ec.crt', 'ec.key', []],
  ['the key of another', 'ec.crt', 'rsa.key', ['ca.key does not belong to ca.crt']],
  ['a leaf', 'leaf.crt', 'rsa.key', ['ca.crt is not a CA certificate']],
  ['no key', 'rsa.crt', 'rsa.crt', ['ca.key is not a readable private key']],
])('%s', (_, certificate, key, expected) => {
  expect(checkCa({ certificate: read(certificate), key: read(key) }, now).map((d) => d.message)).toEqual(expected);
});

test.each([
  ['2200-01-01', 'ca.crt expired on'],
  ['2000-01-01', 'ca.crt is valid from'],
])('in %s: %s', (date, message) => {
  const found = checkCa({ certificate: read('rsa.crt'), key: read('rsa.key') }, new Date(date));
  expect(found.map((d) => d.message)).toEqual([expect.stringContaining(message)]);
});

test.each(['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', read('rsa.key')])(
  'what is not a certificate is refused (%#)',
  (pem) => {
    expect(() => caCertHash(pem)).toThrow(expect.objectContaining({ code: 'bad-certificate' }));
  },
);
