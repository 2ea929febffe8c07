import type { ClientKeys } from '../contract/client-keys.ts';
import { clientCertificateDaysWarned } from '../contract/limits.ts';
import { typedAssumptions } from '../oidc/profiles/apply-profile.ts';
import { assertionForm } from '../oidc/client-authentication/client-authentication.ts';
import { readClientCertificate } from '../oidc/client-authentication/client-certificate.ts';
import type { ConnectionOptions } from '../contract/connection-options.ts';
import type { ClientKeyRow } from './client-key-queries.ts';
import type { OidcConfigRow } from './queries.ts';
import { settingsOf, sourceOf } from './settings-row.ts';

/** How the connection's key signs, according to its settings and the provider's URL. */
export function signingForm(row: OidcConfigRow): ReturnType<typeof assertionForm> {
  const settings = settingsOf(row);
  return assertionForm(typedAssumptions({ source: sourceOf(settings), options: optionsIn(settings) }).options);
}

function optionsIn(settings: ConnectionOptions): Partial<ConnectionOptions> {
  const { clientAssertionAlgorithm, clientAssertionKeyName, clientAssertionAudience } = settings;
  return { clientAssertionAlgorithm, clientAssertionKeyName, clientAssertionAudience };
}

type DescribedKey = ClientKeys['keys'][number];

/** A key as the API lists it. */
export function describeClientKey(
  key: ClientKeyRow,
  { state, algorithm, nowMs }: Pick<DescribedKey, 'state' | 'algorithm'> & { nowMs: number },
): DescribedKey {
  return {
    id: key.id,
    algorithm,
    state,
    createdAt: toTime(key.created_at),
    activeFrom: toTime(key.active_from_at),
    publishedUntil: key.publish_until_at === null ? null : toTime(key.publish_until_at),
    certificate: key.certificate === null ? null : describeCertificate(key.certificate, nowMs),
  };
}

function describeCertificate(pem: string, nowMs: number): NonNullable<DescribedKey['certificate']> {
  const { notBeforeMs, notAfterMs, sha1, sha256 } = readClientCertificate(pem);
  return {
    validity: validityAt(notAfterMs, nowMs),
    notBefore: toTime(notBeforeMs),
    notAfter: toTime(notAfterMs),
    sha1Thumbprint: toHex(sha1),
    sha256Thumbprint: toHex(sha256),
    pem,
  };
}

/** Whether a certificate is valid for long enough to need no attention. */
export function validityAt(notAfterMs: number, nowMs: number): 'valid' | 'expires_soon' | 'expired' {
  if (notAfterMs <= nowMs) return 'expired';
  return notAfterMs - nowMs <= clientCertificateDaysWarned * 86_400_000 ? 'expires_soon' : 'valid';
}

// The notation of the providers' admin consoles.
function toHex(thumbprint: string): string {
  return Buffer.from(thumbprint, 'base64url').toString('hex').toUpperCase();
}

function toTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
