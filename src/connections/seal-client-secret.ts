import { appError, type KnownError } from '../contract/errors.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { movesSecret, needsSecret, type OidcSettings, secretPurpose } from './rules.ts';

/** What is there before a change. */
export interface StoredSecret {
  readonly settings: OidcSettings;
  /** The empty text where there is none. */
  readonly sealed: string;
}

interface SecretChange {
  readonly organizationId: string;
  readonly settings: OidcSettings;
  /** The secret that the request brings. */
  readonly secret: string | undefined;
  readonly stored: StoredSecret | undefined;
}

/**
 * The client secret as it is stored with settings: the one that the request brings, or the one that is there, unless it
 * would be sent elsewhere. Where nothing is done with a secret, none is kept: the empty text.
 *
 * @throws `validation_failed` where one is needed and there is none.
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
