import * as oauth from 'oauth4webapi';

import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { VerificationKey } from '../discovery/jwk-set.ts';
import type { IdTokenExpectations } from '../identity/claim-facts.ts';
import type { CheckedIdToken } from './id-token-checks.ts';
import { algorithmNames } from './signing-algorithm.ts';

declare const validated: unique symbol;

/** An ID token that this server's own checks and oauth4webapi both accept. */
export interface ValidatedIdToken extends CheckedIdToken {
  readonly [validated]: true;
}

/** What the library expects of a token. */
type LibraryExpectations = Pick<IdTokenExpectations, 'issuer' | 'clientId' | 'nowSeconds' | 'toleranceSeconds'>;

/**
 * Validates an ID token with oauth4webapi, the second implementation: its claims (OpenID Connect Core, section
 * 3.1.3.7), and its signature with the key that this server found. A token that only one implementation accepts is
 * rejected. The library cannot verify a MAC, so of such a token it validates only the claims.
 *
 * @throws `id_token_invalid`, `id_token_signature_invalid`
 */
export async function validateIdToken(token: CheckedIdToken, expected: IdTokenExpectations): Promise<ValidatedIdToken> {
  const { server, client } = describeParties(expected, { id_token: expected.algorithm });
  // The library requires an access token, but verifies nothing about it.
  const response = Response.json({ access_token: 'not used', token_type: 'bearer', id_token: token.text });
  const check = { expectedNonce: expected.nonce, requireIdToken: true };
  await requireAgreement('id_token_invalid', () =>
    oauth.processAuthorizationCodeResponse(server, client, response, check),
  );
  if (expected.algorithm !== 'HS256') {
    await requireAgreement('id_token_signature_invalid', () => verifyWithKey(server, response, token.key));
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after both validations
  return token as ValidatedIdToken;
}

/** A signed userinfo response that this server has verified. */
interface SignedUserinfo {
  readonly text: string;
  readonly subject: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: VerificationKey;
}

/**
 * Validates a signed userinfo response with oauth4webapi (OpenID Connect Core, section 5.3.2). Returns the library's
 * error code if the library rejects it.
 */
export async function validateSignedUserinfo(
  { text, subject, algorithm, key }: SignedUserinfo,
  expected: LibraryExpectations,
): Promise<string | undefined> {
  const { server, client } = describeParties(expected, { userinfo: algorithm });
  const response = new Response(text, { headers: { 'content-type': 'application/jwt' } });
  try {
    await oauth.processUserInfoResponse(server, client, subject, response);
    await verifyWithKey(server, response, key);
    return undefined;
  } catch (thrown) {
    return codeOf(thrown);
  }
}

/**
 * Describes the provider and this client to the library. The description has no endpoint and no `jwks_uri`, so the
 * library can fetch nothing. The provider is a new object each time, because the library caches keys by it.
 */
function describeParties(
  { issuer, clientId, nowSeconds, toleranceSeconds }: LibraryExpectations,
  algorithms: { readonly id_token?: SignatureAlgorithm; readonly userinfo?: SignatureAlgorithm },
): { readonly server: oauth.AuthorizationServer; readonly client: oauth.Client } {
  const { id_token: idToken, userinfo } = algorithms;
  const server = {
    issuer,
    // The algorithm of the connection, not those that the provider lists.
    ...(idToken === undefined ? {} : { id_token_signing_alg_values_supported: [...algorithmNames(idToken)] }),
    ...(userinfo === undefined ? {} : { userinfo_signing_alg_values_supported: [...algorithmNames(userinfo)] }),
  };
  const client = {
    client_id: clientId,
    // The library reads the clock of the machine.
    [oauth.clockSkew]: nowSeconds - machineSeconds(),
    // A second may begin between the two readings of the clock.
    [oauth.clockTolerance]: toleranceSeconds + 1,
  };
  return { server, client };
}

// The library selects a key by `kid` from its cached JWK Set. This JWK Set has one key. Without a key the library rejects.
async function verifyWithKey(server: oauth.AuthorizationServer, response: Response, key: VerificationKey | undefined) {
  const cache = { jwks: { keys: key === undefined ? [] : [key.jwk] }, uat: machineSeconds() };
  await oauth.validateApplicationLevelSignature(server, response, { [oauth.jwksCache]: cache });
}

function machineSeconds(): number {
  return Math.floor(systemClock.nowMs() / 1000);
}

type LibraryCheckCode = 'id_token_invalid' | 'id_token_signature_invalid';

// Keeps only the library's error code, because the causes of its errors contain the whole token.
async function requireAgreement(code: LibraryCheckCode, validate: () => Promise<unknown>): Promise<void> {
  try {
    await validate();
  } catch (thrown) {
    throw disagreement(code, codeOf(thrown));
  }
}

function disagreement(code: LibraryCheckCode, library: string): KnownError {
  return appError(code, { meta: { step: 'id_token', check: 'library', library } });
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown';
}
