import { execFileSync } from 'node:child_process';
import { createPublicKey, hash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { makeClientCertificate, readClientCertificate } from './client-certificate.ts';
import { integer, oid, sequence, time, utf8 } from './der.ts';
import { newClientKey } from '../../../test/support/new-client-key.ts';
import type { NewClientKey } from './make-client-key.ts';

const nowMs = Date.parse('2026-11-30T22:00:00Z');
const hasOpenssl = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).includes('SSL');
  } catch {
    return false;
  }
})();

describe('the certificate of a client key', () => {
  let key: NewClientKey;
  let pem: string;

  beforeAll(async () => {
    key = await newClientKey();
    pem = makeClientCertificate(key, nowMs);
  });

  it('certifies the key, is signed with it, and permits only signatures', () => {
    const certificate = new X509Certificate(pem);
    const publicKey = createPublicKey({ key: JSON.parse(key.publicJwk), format: 'jwk' });
    expect(certificate.verify(publicKey)).toBe(true);
    expect(certificate.publicKey.equals(publicKey)).toBe(true);
    expect([certificate.ca, certificate.subject]).toEqual([false, certificate.issuer]);
    expect(certificate.subject).toBe(`CN=Sallyport client key ${key.id.slice(0, 16)}`);
    expect(certificate.toString()).toBe(pem);
  });

  it('is valid for two years, from an hour before its creation', () => {
    const { notBeforeMs, notAfterMs } = readClientCertificate(pem);
    expect(new Date(notBeforeMs).toISOString()).toBe('2026-11-30T21:00:00.000Z');
    expect(new Date(notAfterMs).toISOString()).toBe('2028-11-29T22:00:00.000Z');
  });

  it('has the thumbprints of its DER encoding, and its own serial number', async () => {
    const { raw, serialNumber, fingerprint, fingerprint256 } = new X509Certificate(pem);
    const { sha1, sha256 } = readClientCertificate(pem);
    expect([sha1, sha256]).toEqual([hash('sha1', raw, 'base64url'), hash('sha256', raw, 'base64url')]);
    const colons = (thumbprint: string) =>
      (Buffer.from(thumbprint, 'base64url').toString('hex').toUpperCase().match(/../g) ?? []).join(':');
    expect([colons(sha1), colons(sha256)]).toEqual([fingerprint, fingerprint256]);
    expect(serialNumber).toMatch(/^0?1[0-9A-F]{30}$/);
    const other = new X509Certificate(makeClientCertificate(await newClientKey(), nowMs));
    expect(other.serialNumber).not.toBe(serialNumber);
  });

  it('encodes a date after 2049 as GeneralizedTime', () => {
    const late = new X509Certificate(makeClientCertificate(key, Date.parse('2049-06-01T00:00:00Z')));
    expect(late.validFromDate.toISOString()).toBe('2049-05-31T23:00:00.000Z');
    expect(late.validToDate.toISOString()).toBe('2051-06-01T00:00:00.000Z');
    expect(late.verify(late.publicKey)).toBe(true);
  });

  it.skipIf(!hasOpenssl)('passes the strict checks of OpenSSL', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sallyport-certificate-'));
    try {
      const file = path.join(folder, 'client.pem');
      writeFileSync(file, pem);
      const run = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8' });
      const text = run('x509', '-in', file, '-noout', '-text');
      expect(text).toMatch(/Version: 3 \(0x2\)/);
      expect(text).toMatch(/Signature Algorithm: sha256WithRSAEncryption/);
      expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
      expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE/);
      const atSeconds = String(nowMs / 1000);
      const verified = run('verify', '-x509_strict', '-attime', atSeconds, '-CAfile', file, '-partial_chain', file);
      expect(verified).toContain('OK');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the DER encoding', () => {
  it.each([
    ['an integer of zero', integer(Buffer.from([0])), '020100'],
    ['an integer with leading zeros', integer(Buffer.from([0, 0, 5])), '020105'],
    ['an integer whose first bit is set', integer(Buffer.from([0x80])), '02020080'],
    ['an object identifier', oid('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    ['an object identifier of small numbers', oid('2.5.4.3'), '0603550403'],
    ['a text', utf8('é'), '0c02c3a9'],
    ['an empty sequence', sequence(), '3000'],
    ['a time before 2050', time(Date.parse('2049-12-31T23:59:59Z')), '170d3439313233313233353935395a'],
    ['a time from 2050 on', time(Date.parse('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
  ])('of %s', (_what, der, hex) => {
    expect(der.toString('hex')).toBe(hex);
  });

  it.each([
    [127, '307f'],
    [128, '308180'],
    [255, '3081ff'],
    [256, '30820100'],
    [65_536, '3083010000'],
  ])('encodes a length of %i bytes in the shortest form', (length, start) => {
    const der = sequence(Buffer.alloc(length));
    expect(der.subarray(0, start.length / 2).toString('hex')).toBe(start);
    expect(der.length).toBe(start.length / 2 + length);
  });
});
