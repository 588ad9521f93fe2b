import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type forge from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';
import pem from 'node-forge/lib/pem.js';
import { type Diagnostic, KprovError } from '../errors/index.js';

export interface Certificate {
  /** `sha256:` and the digest of the subject public key info: what `--discovery-token-ca-cert-hash` wants. */
  readonly publicKeyHash: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  /** DER of the subject public key info, one character per byte. */
  readonly publicKeyDer: string;
}

const bad = (what: string, why: string): KprovError =>
  new KprovError('bad-certificate', `${what} is not a certificate`, {
    why,
    fix: 'Give a PEM file (BEGIN CERTIFICATE).',
  });

const children = (node: forge.asn1.Asn1 | undefined): forge.asn1.Asn1[] =>
  node !== undefined && Array.isArray(node.value) ? node.value : [];

const content = (node: forge.asn1.Asn1 | undefined): string =>
  node !== undefined && typeof node.value === 'string' ? node.value : '';

function time(node: forge.asn1.Asn1 | undefined): Date {
  if (node?.type === asn1.Type.UTCTIME) return asn1.utcTimeToDate(content(node));
  return asn1.generalizedTimeToDate(content(node));
}

const BASIC_CONSTRAINTS = '2.5.29.19';

function readIsCa(tbs: readonly forge.asn1.Asn1[]): boolean {
  const wrapper = tbs.find((node) => node.tagClass === asn1.Class.CONTEXT_SPECIFIC && Number(node.type) === 3);
  for (const extension of children(children(wrapper)[0])) {
    const parts = children(extension);
    if (asn1.derToOid(content(parts[0])) !== BASIC_CONSTRAINTS) continue;
    const constraints = asn1.fromDer(content(parts.at(-1)));
    return children(constraints).some((node) => node.type === asn1.Type.BOOLEAN && content(node) !== '\x00');
  }
  return false;
}

/**
 * Reads the first certificate of a PEM text, whatever its kind of key: node-forge's own certificate reader knows RSA
 * only, and kubeadm makes ECDSA certificates on request.
 * @throws KprovError `bad-certificate`
 */
export function readCertificate(text: string, what = 'ca.crt'): Certificate {
  try {
    const message = pem.decode(text).find((part) => part.type === 'CERTIFICATE');
    if (message === undefined) throw bad(what, 'There is no BEGIN CERTIFICATE in it.');
    const tbs = children(children(asn1.fromDer(message.body))[0]);
    // version [0] is left out of version 1 certificates.
    const offset = tbs[0]?.tagClass === asn1.Class.CONTEXT_SPECIFIC ? 1 : 0;
    const validity = children(tbs[offset + 3]);
    const publicKeyInfo = tbs[offset + 5];
    if (publicKeyInfo === undefined || validity.length !== 2) throw bad(what, 'It has no public key or no validity.');
    const der = asn1.toDer(publicKeyInfo).getBytes();
    const digest = createHash('sha256').update(der, 'latin1').digest('hex');
    return {
      publicKeyHash: `sha256:${digest}`,
      publicKeyDer: der,
      notBefore: time(validity[0]),
      notAfter: time(validity[1]),
      isCa: readIsCa(tbs),
    };
  } catch (error) {
    if (error instanceof KprovError) throw error;
    throw bad(what, 'It is damaged.');
  }
}

/** `sha256:…` of the CA certificate in a PEM text. @throws KprovError `bad-certificate` */
export const caCertHash = (text: string): string => readCertificate(text).publicKeyHash;

export interface ExistingCa {
  readonly certificate: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

const finding = (message: string, why: string, fix: string): Diagnostic => ({
  severity: 'error',
  code: 'bad-ca',
  message,
  why,
  fix,
});

/** Whether a CA that the user brings can serve: it is one, it is valid now, and the key belongs to it. */
export function checkCa(ca: ExistingCa, now: Date): Diagnostic[] {
  const found: Diagnostic[] = [];
  const certificate = readCertificate(ca.certificate);
  if (!certificate.isCa) {
    found.push(
      finding('ca.crt is not a CA certificate', 'It lacks the CA basic constraint.', 'Give a CA certificate.'),
    );
  }
  if (certificate.notAfter < now) {
    const day = certificate.notAfter.toISOString().slice(0, 10);
    found.push(finding(`ca.crt expired on ${day}`, 'Nothing it signs would be trusted.', 'Renew the CA certificate.'));
  }
  if (certificate.notBefore > now) {
    const day = certificate.notBefore.toISOString().slice(0, 10);
    found.push(
      finding(`ca.crt is valid from ${day} only`, 'Nothing it signs would be trusted yet.', 'Check the clock.'),
    );
  }
  try {
    const key = createPublicKey(createPrivateKey(ca.key)).export({ type: 'spki', format: 'der' });
    if (key.toString('latin1') !== certificate.publicKeyDer) {
      found.push(
        finding('ca.key does not belong to ca.crt', 'Their public keys differ.', 'Give the key of this certificate.'),
      );
    }
  } catch {
    found.push(
      finding('ca.key is not a readable private key', 'kubeadm needs it in PEM, not encrypted.', 'Decrypt it.'),
    );
  }
  return found;
}
