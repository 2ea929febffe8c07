import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { ConfigFault } from './load-config.ts';
import { settings } from './schema.ts';

/** Certificates in PEM that are trusted besides those that Node brings, and the subjects of those that have expired. */
export type LoadedCaBundle =
  | { readonly ok: true; readonly certificates: readonly string[]; readonly expired: readonly string[] }
  | { readonly ok: false; readonly fault: ConfigFault };

/** A bundle of every root that there is has about 250 KiB. */
const bundleBytesMax = 4_194_304;

/**
 * Reads the operator's bundle of certification authorities. Whatever in it could not be used is a fault, because a
 * certificate that is silently left out shows only when somebody cannot sign in. One that has expired is not: a server
 * that does not start on the day after would shut everybody out for it.
 */
export function loadCaBundle(file: string | undefined, nowMs: number): LoadedCaBundle {
  if (file === undefined) return { ok: true, certificates: [], expired: [] };
  const read = readBundle(file);
  if ('problem' in read) return refusal(read.problem);
  if (/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(read.text)) {
    return refusal(`names ${file}, which holds a private key; leave only certificates in it`);
  }
  const certificates = read.text.match(pemBlock) ?? [];
  // A block that lacks its end would be left out unseen, with whatever stands before the next.
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

// Text around the blocks is what tools write there for people (RFC 7468, section 2).
const pemBlock =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*(?:-----END (?:TRUSTED |X509 )?CERTIFICATE-----|$)/g;

function readBundle(file: string): { text: string } | { problem: string } {
  try {
    const bytes = readFileSync(file);
    return bytes.length > bundleBytesMax
      ? { problem: `names ${file}, which is larger than ${bundleBytesMax} bytes` }
      : { text: bytes.toString('latin1') };
  } catch (cause) {
    // Only the operating system's refusals end here: an error code, and the path that the operator chose.
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

// A server's own certificate is an anchor only when it signed itself; any other would be trusted by nothing.
function vouches(certificate: X509Certificate): boolean {
  return certificate.ca || certificate.checkIssued(certificate);
}

function refusal(problem: string): LoadedCaBundle {
  return { ok: false, fault: { name: settings.outboundCaFile.name, problem } };
}
