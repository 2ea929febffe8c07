import { createPrivateKey, createPublicKey, hash, sign, X509Certificate } from 'node:crypto';

import { bits, explicit, integer, isTrue, nothing, octets, oid, sequence, setOf, time, utf8 } from './der.ts';
import { clientCertificateBackdatedMs, clientCertificateLifeMs } from '../limits.ts';

/** A key pair to certify. `id` is the thumbprint of the public half (RFC 7638). */
interface CertifiedKey {
  readonly id: string;
  readonly publicJwk: string;
  readonly privateJwk: string;
}

/**
 * Creates a self-signed certificate for a key pair (RFC 5280, section 4), as PEM. Some providers accept a client's
 * public key only as a certificate. None of them validates a chain.
 *
 * It is one fixed structure. Libraries for X.509 depend on a dozen packages, or bring their own RSA implementation.
 */
export function makeClientCertificate({ id, publicJwk, privateJwk }: CertifiedKey, nowMs: number): string {
  const publicKey = createPublicKey({ key: JSON.parse(publicJwk), format: 'jwk' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(setOf(sequence(oid('2.5.4.3'), utf8(`Sallyport client key ${id.slice(0, nameLength)}`))));
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber(id)),
    sha256WithRsa,
    name,
    sequence(time(nowMs - clientCertificateBackdatedMs), time(nowMs + clientCertificateLifeMs)),
    name,
    spki,
    explicit(3, sequence(...extensions(spki))),
  );
  const privateKey = createPrivateKey({ key: JSON.parse(privateJwk), format: 'jwk' });
  return toPem(sequence(content, sha256WithRsa, bits(sign('sha256', content, privateKey))));
}

const nameLength = 16;

const sha256WithRsa = sequence(oid('1.2.840.113549.1.1.11'), nothing); // RFC 4055, section 5

// Positive, at most 20 bytes, and different for each key (RFC 5280, section 4.1.2.2).
function serialNumber(id: string): Buffer {
  return Buffer.concat([Buffer.from([0x01]), hash('sha256', id, 'buffer').subarray(0, 15)]);
}

// Not a certificate authority, and only for signatures (RFC 5280, sections 4.2.1.9, 4.2.1.3 and 4.2.1.2).
function extensions(spki: Buffer): readonly Buffer[] {
  const digitalSignature = bits(Buffer.from([0x80]), 7);
  return [
    sequence(oid('2.5.29.19'), isTrue, octets(sequence())),
    sequence(oid('2.5.29.15'), isTrue, octets(digitalSignature)),
    sequence(oid('2.5.29.14'), octets(octets(hash('sha256', spki, 'buffer').subarray(0, 20)))),
  ];
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/**
 * The validity of a certificate, and the thumbprints by which providers identify it (RFC 7515, sections 4.1.7 and
 * 4.1.8).
 */
export interface CertificateFacts {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly sha1: string;
  readonly sha256: string;
}

/** Reads a certificate of {@link makeClientCertificate}. Thumbprints are base64url. */
export function readClientCertificate(pem: string): CertificateFacts {
  const { raw, validFromDate, validToDate } = new X509Certificate(pem);
  return {
    notBeforeMs: validFromDate.getTime(),
    notAfterMs: validToDate.getTime(),
    sha1: hash('sha1', raw, 'base64url'),
    sha256: hash('sha256', raw, 'base64url'),
  };
}
