import { compactVerify } from 'jose';
import { JOSEError } from 'jose/errors';

import { appError, type KnownError } from '../../contract/errors.ts';
import type { AttemptTrace } from '../attempt-trace.ts';
import { describeToken, parseCompactJws, type CompactJws } from './compact-jws.ts';
import type { ConnectionSettings } from '../connection.ts';
import { checkIdTokenHeader } from './id-token-header.ts';
import { findSigner, type KeyQuery } from './find-signer.ts';
import type { VerificationKey } from '../discovery/key-set.ts';
import type { RememberedProvider } from '../discovery/provider-memory.ts';

const signedTokenForm = 'a signed token of three parts';

interface Verification {
  readonly connection: ConnectionSettings;
  readonly provider: RememberedProvider;
  readonly trace: AttemptTrace;
}

/**
 * Verifies who signed an ID token, and returns the key that did: `undefined` for `HS256`, where it is the client secret.
 *
 * This comes before the library sees the token and verifies it once more with that key. It costs one verification more
 * (some 25 microseconds for RSA), and it buys three things: the right key is known where `kid`s are missing or repeat,
 * which the library refuses; a rotated key works at once, since the key set is ours; and no option of the library that
 * is forgotten or changes its default can let a forged token through, because two implementations must agree.
 *
 * @throws `id_token_algorithm_mismatch`, `id_token_signature_invalid`, `id_token_invalid`, and what fetching the keys
 *   throws
 */
export async function verifyIdTokenSignature(
  idToken: string,
  { connection, provider, trace }: Verification,
): Promise<VerificationKey | undefined> {
  const jws = parseCompactJws(idToken);
  if (jws === undefined) {
    const meta = { step: 'id_token', check: 'form', expected: signedTokenForm, found: describeToken(idToken) };
    throw appError('id_token_invalid', { meta });
  }
  const kid = checkIdTokenHeader(jws.header, connection.algorithm, trace);
  if (connection.algorithm === 'HS256') {
    await verifyWithSecret(idToken, connection);
    trace.passed('signature', { found: 'made with the client secret' });
    return undefined;
  }
  return findKey(jws, { provider, trace }, { algorithm: connection.algorithm, kid });
}

async function findKey(
  jws: CompactJws,
  { provider, trace }: Pick<Verification, 'provider' | 'trace'>,
  query: KeyQuery,
): Promise<VerificationKey> {
  const { key, isRefreshed, tried } = await findSigner(jws, provider.keys, query);
  if (key === undefined) {
    throw signatureInvalid({ reason: tried === 0 ? 'no_such_key' : 'not_signed_by_key', keys: tried });
  }
  const found = isRefreshed
    ? 'made with a key that the key set has since it was fetched anew'
    : 'made with a key of the remembered key set';
  trace.passed('signature', { found });
  return key;
}

// The key is the UTF-8 of the client secret (OpenID Connect Core, section 10.1). openid-client does not verify MACs.
async function verifyWithSecret(idToken: string, connection: ConnectionSettings): Promise<void> {
  // Whoever knows that there is no secret could sign with none.
  if (connection.clientSecret.expose() === '') throw signatureInvalid({ reason: 'no_secret' });
  try {
    const secret = new TextEncoder().encode(connection.clientSecret.expose());
    await compactVerify(idToken, secret, { algorithms: ['HS256'] });
  } catch (error) {
    throw signatureInvalid({ reason: error instanceof JOSEError ? error.code : 'not_verified' });
  }
}

function signatureInvalid(found: Record<string, unknown>): KnownError {
  return appError('id_token_signature_invalid', { meta: { step: 'id_token', check: 'signature', ...found } });
}
