import { appError, type KnownError } from '../contract/errors.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { movesSecret, needsSecret, type OidcSettings, secretPurpose } from './rules.ts';

/** The stored state before a change. */
export interface StoredSecret {
  readonly settings: OidcSettings;
  /** Empty without a secret. */
  readonly sealed: string;
}

interface SecretChange {
  readonly organizationId: string;
  readonly settings: OidcSettings;
  /** The secret in the request. */
  readonly secret: string | undefined;
  readonly stored: StoredSecret | undefined;
}

/**
 * The client secret to store: the one in the request, or the stored one unless its destination changes. If no secret is
 * used, none is stored: the empty string.
 *
 * @throws `validation_failed` if a secret is required and missing.
 */
export function sealClientSecret(keyring: Keyring, { organizationId, settings, secret, stored }: SecretChange): string {
  if (!needsSecret(settings)) return '';
  if (secret !== undefined) return keyring.seal(secret, secretPurpose(organizationId, settings));
  if (stored === undefined) throw required('is required');
  if (stored.sealed === '') throw required('is required, since none is stored');
  if (movesSecret(stored.settings, settings)) throw required('is required when the place that it is sent to changes');
  return stored.sealed;
}

function required(message: string): KnownError {
  return appError('validation_failed', { meta: { issues: [{ path: 'clientSecret', code: 'required', message }] } });
}
