import type { ConnectionWarning } from '../contract/connection-options.ts';
import { SealBrokenError } from '../kernel/sealed-box.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import type { OidcConfigRow } from './queries.ts';
import { isPublicClient, secretPurpose } from './rules.ts';
import { settingsOf } from './settings-row.ts';

/** HMAC-SHA-256 wants a key as long as its hash (RFC 7518, section 3.2; OpenID Connect Core, section 16.19). */
const macKeyBytesMin = 32;

/** What works in a stored configuration, but is weaker or more fragile than it needs to be. */
export function warningsOf(row: OidcConfigRow, keyring: Keyring): ConnectionWarning[] {
  const publicClient = isPublicClient(settingsOf(row)) ? [withoutAuthentication] : [];
  return [...publicClient, ...secretWarnings(row, keyring)];
}

function secretWarnings(row: OidcConfigRow, keyring: Keyring): ConnectionWarning[] {
  const settings = settingsOf(row);
  if (row.sealed_client_secret === '') return [];
  try {
    const secret = keyring.open(row.sealed_client_secret, secretPurpose(row.organization_id, settings));
    const isMacKey =
      [settings.jwtSignatureAlgorithm, settings.userinfoSignedResponseAlg].includes('HS256') ||
      settings.tokenEndpointAuthMethod === 'client_secret_jwt';
    return isMacKey && Buffer.byteLength(secret) < macKeyBytesMin ? [short] : [];
  } catch (thrown) {
    if (!(thrown instanceof SealBrokenError)) throw thrown;
    return [unreadable];
  }
}

const withoutAuthentication: ConnectionWarning = {
  code: 'client_public',
  path: 'tokenEndpointAuthMethod',
  message: 'is "none", so the provider cannot tell this server from another program that knows the client id',
};

const short: ConnectionWarning = {
  code: 'client_secret_short',
  path: 'clientSecret',
  message: `signs or verifies with HS256, and is shorter than ${macKeyBytesMin} bytes, so that it can be guessed`,
};

const unreadable: ConnectionWarning = {
  code: 'client_secret_unreadable',
  path: 'clientSecret',
  message: 'does not open: the row or the keys of this server were changed; enter it again',
};
