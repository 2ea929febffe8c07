import type { ErrorMeta } from '../../contract/error-meta.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import type { JsonObject } from '../bounded-json.ts';
import type { VerificationKey } from '../discovery/jwk-set.ts';
import type { CallbackContext } from './callback-context.ts';
import { describeToken, parseCompactJws, type CompactJws } from './compact-jws.ts';
import { findSigningKey } from './find-signing-key.ts';
import { checkIdTokenHeader } from './id-token-header.ts';
import type { PublicKeyAlgorithm } from './signing-algorithm.ts';
import type { UnverifiedTokens } from './token-response.ts';
import { verifyMac } from './verify-mac.ts';

declare const signed: unique symbol;

/** An ID token whose header is checked and whose signature is verified. Its claims are not checked yet. */
export interface SignedIdToken {
  readonly [signed]: true;
  /** The whole token, for the implementation that verifies it again. */
  readonly text: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The key that verified it; `undefined` for `HS256`, where the key is the client secret. */
  readonly key: VerificationKey | undefined;
  readonly accessToken: string | undefined;
  readonly code: string;
}

/**
 * Verifies the signature of the ID token with node:crypto. `validate-with-library.ts` verifies it again with
 * oauth4webapi.
 *
 * This verification costs about 25 microseconds for RSA, and is needed for three reasons:
 * - It finds the right key if `kid`s are missing or repeat. The library rejects such tokens.
 * - A rotated key works immediately, because this server caches the JWK Set itself.
 * - If an option of the library is forgotten or changes its default, a forged token is still rejected, because two
 *   implementations must agree.
 *
 * @throws `id_token_algorithm_mismatch`, `id_token_signature_invalid`, `id_token_invalid`, and what fetching the JWK
 *   Set throws
 */
export async function verifyIdTokenSignature(
  { idToken, accessToken, code }: UnverifiedTokens,
  context: CallbackContext,
): Promise<SignedIdToken> {
  const { connection, trace } = context;
  const jws = parseCompactJws(idToken);
  if (jws === undefined) {
    throw appError('id_token_invalid', {
      meta: { step: 'id_token', check: 'form', expected: { code: 'compact_jws' }, found: describeToken(idToken) },
    });
  }
  const { algorithm } = connection;
  const kid = checkIdTokenHeader(jws.header, algorithm, trace);
  const key = algorithm === 'HS256' ? await requireMac(jws, context) : await findKey(jws, { algorithm, kid }, context);
  const { header, claims, text } = jws;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the verification
  return { text, header, claims, key, accessToken, code } as SignedIdToken;
}

async function findKey(
  jws: CompactJws,
  query: { readonly algorithm: PublicKeyAlgorithm; readonly kid: string | undefined },
  { provider, trace }: CallbackContext,
): Promise<VerificationKey> {
  const { key, isRefreshed, tried } = await findSigningKey(jws, provider.keys, query);
  if (key === undefined) {
    throw signatureInvalid({ reason: tried === 0 ? 'no_such_key' : 'not_signed_by_key', keys: tried });
  }
  trace.passed('signature', { found: { code: isRefreshed ? 'signed_with_fetched_key' : 'signed_with_cached_key' } });
  return key;
}

async function requireMac(jws: CompactJws, { connection, trace }: CallbackContext): Promise<undefined> {
  const verdict = await verifyMac(jws, connection.clientSecret);
  if (verdict !== 'verified') throw signatureInvalid({ reason: verdict });
  trace.passed('signature', { found: { code: 'signed_with_secret' } });
}

function signatureInvalid(found: Pick<ErrorMeta['id_token_signature_invalid'], 'reason' | 'keys'>): KnownError {
  return appError('id_token_signature_invalid', { meta: { step: 'id_token', check: 'signature', ...found } });
}
