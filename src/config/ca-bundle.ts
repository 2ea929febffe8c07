import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { ConfigFault } from './load-config.ts';
import { settings } from './schema.ts';

/** PEM certificates that are trusted in addition to Node's, and the subjects of expired ones. */
export type LoadedCaBundle =
  | { readonly ok: true; readonly certificates: readonly string[]; readonly expired: readonly string[] }
  | { readonly ok: false; readonly fault: ConfigFault };

/** A bundle with every public root has about 250 KiB. */
const bundleBytesMax = 4_194_304;

/**
 * Reads the operator's CA bundle. Every unusable part is a fault, because a certificate that is silently skipped shows
 * only when a user cannot sign in. An expired certificate is not a fault, because a server that does not start the day
 * after would lock everyone out.
 */
export function loadCaBundle(file: string | undefined, nowMs: number): LoadedCaBundle {
  if (file === undefined) return { ok: true, certificates: [], expired: [] };
  const read = readBundle(file);
  if ('problem' in read) return refusal(read.problem);
  if (/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(read.text)) {
    return refusal(`names ${file}, which holds a private key; leave only certificates in it`);
  }
  const certificates = read.text.match(pemBlock) ?? [];
  // A block without its end would be skipped silently, with everything up to the next block.
  const begun = read.text.match(/-----BEGIN [^-]*CERTIFICATE-----/g) ?? [];
  if (certificates.length > 0 && begun.length !== certificates.length) {
    return refusal(`names ${file}, which holds a certificate that is not whole; is its END line missing?`);
  }
  if (certificates.length === 0) return refusal(`names ${file}, which holds no certificate in PEM`);
  const expired: string[] = [];
  for (const [index, pem] of certificates.entries()) {
    const certificate = parse(pem);
    if (certificate === undefined || !vouches(certificate)) {
      const what = certificate === undefined ? 'cannot be read' : 'is neither an authority nor self-signed';
      return refusal(`names ${file}, whose certificate ${index + 1} ${what}`);
    }
    if (certificate.validToDate.getTime() < nowMs) expired.push(certificate.subject);
  }
  return { ok: true, certificates, expired };
}

// Tools write explanatory text around the blocks (RFC 7468, section 2).
const pemBlock =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*(?:-----END (?:TRUSTED |X509 )?CERTIFICATE-----|$)/g;

function readBundle(file: string): { text: string } | { problem: string } {
  try {
    const bytes = readFileSync(file);
    return bytes.length > bundleBytesMax
      ? { problem: `names ${file}, which is larger than ${bundleBytesMax} bytes` }
      : { text: bytes.toString('latin1') };
  } catch (cause) {
    // Only errors of the operating system reach this line: an error code and the operator's path.
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    return { problem: `names ${file}, which cannot be read (${String(cause.code)})` };
  }
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

// A server certificate is a trust anchor only if it is self-signed.
function vouches(certificate: X509Certificate): boolean {
  return certificate.ca || certificate.checkIssued(certificate);
}

function refusal(problem: string): LoadedCaBundle {
  return { ok: false, fault: { name: settings.outboundCaFile.name, problem } };
}
