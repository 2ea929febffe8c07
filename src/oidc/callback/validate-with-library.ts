import * as oauth from 'oauth4webapi';

import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { appError, type ErrorCode, type KnownError } from '../../contract/errors.ts';
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

/** What the library is told to expect of a token. */
type LibraryExpectations = Pick<IdTokenExpectations, 'issuer' | 'clientId' | 'nowSeconds' | 'toleranceSeconds'>;

/**
 * Lets oauth4webapi validate the ID token: its claims (OpenID Connect Core, section 3.1.3.7), and its signature with the
 * key that this server found. It is the second implementation of both. A token that only one of the two accepts is
 * rejected. Of a token with a MAC, which the library cannot verify, it validates the claims.
 *
 * @throws `id_token_invalid`, `id_token_signature_invalid`
 */
export async function validateIdToken(token: CheckedIdToken, expected: IdTokenExpectations): Promise<ValidatedIdToken> {
  const { server, client } = describeParties(expected, { id_token: expected.algorithm });
  // The library requires an access token. It gets none of the provider's, because it verifies nothing about it.
  const response = Response.json({ access_token: 'not used', token_type: 'bearer', id_token: token.text });
  const check = { expectedNonce: expected.nonce, requireIdToken: true };
  await requireAgreement('id_token_invalid', () =>
    oauth.processAuthorizationCodeResponse(server, client, response, check),
  );
  const { key } = token;
  if (key !== undefined) {
    await requireAgreement('id_token_signature_invalid', () => verifyWithKey(server, response, key));
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after both validations
  return token as ValidatedIdToken;
}

/** A userinfo response that is a JWT, after this server verified it. */
interface SignedUserinfo {
  readonly text: string;
  readonly subject: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: VerificationKey;
}

/**
 * Lets oauth4webapi validate a signed userinfo response (OpenID Connect Core, section 5.3.2), and returns the library's
 * error code if it rejects the response.
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
 * The provider and this client, as the library describes them. No endpoint is given, the JWK Set's address included, so
 * the library can fetch nothing. The provider is a new object each time, because the library caches keys by it.
 */
function describeParties(
  { issuer, clientId, nowSeconds, toleranceSeconds }: LibraryExpectations,
  algorithms: { readonly id_token?: SignatureAlgorithm; readonly userinfo?: SignatureAlgorithm },
): { readonly server: oauth.AuthorizationServer; readonly client: oauth.Client } {
  const { id_token: idToken, userinfo } = algorithms;
  const server = {
    issuer,
    // These are the algorithms of the connection, not those that the provider lists.
    ...(idToken === undefined ? {} : { id_token_signing_alg_values_supported: [...algorithmNames(idToken)] }),
    ...(userinfo === undefined ? {} : { userinfo_signing_alg_values_supported: [...algorithmNames(userinfo)] }),
  };
  const client = {
    client_id: clientId,
    // The library reads the machine's clock itself.
    [oauth.clockSkew]: nowSeconds - machineSeconds(),
    // A second may begin between the two readings of the clock.
    [oauth.clockTolerance]: toleranceSeconds + 1,
  };
  return { server, client };
}

// The library selects a key by `kid` from the JWK Set that it has cached. Here that set holds one key.
async function verifyWithKey(server: oauth.AuthorizationServer, response: Response, key: VerificationKey) {
  const cache = { jwks: { keys: [key.jwk] }, uat: machineSeconds() };
  await oauth.validateApplicationLevelSignature(server, response, { [oauth.jwksCache]: cache });
}

function machineSeconds(): number {
  return Math.floor(systemClock.nowMs() / 1000);
}

// Only the library's code is kept, because the causes of its errors hold the whole token.
async function requireAgreement(code: ErrorCode, validate: () => Promise<unknown>): Promise<void> {
  try {
    await validate();
  } catch (thrown) {
    throw disagreement(code, codeOf(thrown));
  }
}

function disagreement(code: ErrorCode, library: string): KnownError {
  return appError(code, { meta: { step: 'id_token', check: 'library', library } });
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'unknown';
}
