import type { FactOf } from '../../contract/attempt-facts.ts';
import { appError } from '../../contract/errors.ts';
import { clockToleranceSecondsMax } from '../../contract/limits.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { AttemptTrace } from '../attempt-trace.ts';
import type { CompleteConnection, ConnectionSettings } from '../connection.ts';
import type { CachedProvider } from '../discovery/provider-cache.ts';
import { candidateKeys } from '../discovery/jwk-set.ts';
import { readProvider } from '../discovery/read-provider.ts';
import type { IdTokenExpectations } from '../identity/claim-facts.ts';
import { readIdentity, type VerifiedIdentity } from '../identity/verified-identity.ts';
import { idTokenLifeSecondsUsual } from '../limits.ts';
import { checkResponseIssuer, parseAuthorizationResponse } from './authorization-response.ts';
import type { CallbackContext } from './callback-context.ts';
import { checkIdToken, type CheckedIdToken } from './id-token-checks.ts';
import { validateIdToken } from './validate-with-library.ts';
import { readUserinfo } from './read-userinfo.ts';
import { requestTokens } from './request-tokens.ts';
import { readTokenResponse } from './token-response.ts';
import { verifyIdTokenSignature } from './verify-signature.ts';

/** A callback of the browser, and what was kept when its sign-in started. */
export interface AuthorizationCallback {
  /** The callback as it was received: the redirect URI of the request, with the query that the provider added. */
  readonly callbackUrl: URL;
  readonly expectedState: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly expectedIssuer: string;
  /** When the request was made. `maxAgeSeconds` counts back from then. */
  readonly startedAtMs: number;
}

export interface FinishDeps {
  readonly providerOf: (connection: ConnectionSettings) => CachedProvider;
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trace: AttemptTrace;
}

/**
 * The callback of a sign-in, from the browser's request to a verified identity (OpenID Connect Core, sections 3.1.2.5 to
 * 3.1.3.7 and 5.3). Each step takes what only the step before it makes, so none can be left out.
 *
 * @throws the codes that {@link RelyingParty.finishAuthorization} lists
 */
export async function finishAuthorization(
  stored: ConnectionSettings,
  callback: AuthorizationCallback,
  deps: FinishDeps,
): Promise<VerifiedIdentity> {
  // 1. The authorization response: its parameters and `state`, then its issuer.
  const response = parseAuthorizationResponse(callback.callbackUrl, callback.expectedState, deps.trace);
  const context = await openContext(stored, callback, deps);
  const codeResponse = checkResponseIssuer(response, context);
  await prefetchKeys(context);
  // 2. The code is exchanged for tokens.
  const tokenResponse = await requestTokens(codeResponse, callback.codeVerifier, context);
  const tokens = readTokenResponse(tokenResponse, context);
  // 3. The ID token: its signature, its claims, then both again by a second implementation.
  const signedToken = await verifyIdTokenSignature(tokens, context);
  const expected = expectations(context.connection, callback, deps.clock);
  const checkedToken = checkIdToken(signedToken, expected, context.trace);
  const token = await validateIdToken(checkedToken, expected);
  warnOfLongLife(token, stored, deps);
  // 4. Claims that the ID token lacks.
  const userinfo = await readUserinfo(token, expected, { ...context, logger: deps.logger });
  const { metadata, connection } = context;
  return readIdentity(
    { token, userinfo, options: connection.options, profile: metadata.recognised.profile },
    metadata.issuer,
  );
}

// The issuer is part of the attempt, so that a change of the connection cannot redirect a sign-in that is under way.
async function openContext(
  stored: ConnectionSettings,
  { expectedIssuer }: AuthorizationCallback,
  { providerOf, fetch, trace }: FinishDeps,
): Promise<CallbackContext> {
  const { provider, metadata, connection, discovery } = await readProvider(stored, providerOf);
  if (metadata.issuer !== expectedIssuer) {
    const [expected, found] = [issuerFact(expectedIssuer), issuerFact(metadata.issuer)];
    throw appError('idp_issuer_mismatch', { meta: { step: 'discovery', reason: 'issuer_changed', expected, found } });
  }
  trace.passed('provider_document', {
    expected: issuerFact(expectedIssuer),
    found: { code: 'same_issuer_from', source: discovery },
  });
  return { connection, provider, metadata, fetch, trace };
}

function issuerFact(issuer: string): FactOf<'issuer'> {
  return { code: 'issuer', issuer };
}

// The code is short-lived, so keys that are not cached yet are fetched before it is sent. If that fails, the sign-in still
// continues: only the token says which key it needs, and verifying it reports a missing JWK Set.
async function prefetchKeys({ connection, provider, trace }: CallbackContext): Promise<void> {
  if (connection.algorithm === 'HS256' || provider.keys.isCached()) return;
  const jwkSet = await provider.keys.read().catch(() => undefined);
  const isUsable = jwkSet !== undefined && candidateKeys(jwkSet, connection.algorithm, undefined).length > 0;
  trace.passed('keys', { found: { code: isUsable ? 'jwk_set' : 'no_matching_key' } });
}

function expectations(
  connection: CompleteConnection,
  callback: AuthorizationCallback,
  clock: Clock,
): IdTokenExpectations {
  const { clockToleranceSeconds, trustedAudiences, maxAgeSeconds, acrValues, requiredClaims } = connection.options;
  return {
    algorithm: connection.algorithm,
    issuer: callback.expectedIssuer,
    clientId: connection.clientId,
    trustedAudiences,
    authTimeMin: maxAgeSeconds < 0 ? undefined : Math.floor(callback.startedAtMs / 1000) - maxAgeSeconds,
    acrValues,
    requiredClaims,
    nonce: callback.nonce,
    state: callback.expectedState,
    nowSeconds: Math.floor(clock.nowMs() / 1000),
    toleranceSeconds: Math.min(clockToleranceSeconds, clockToleranceSecondsMax),
  };
}

// A token that is valid for years does no harm, because no session depends on it. But the provider is misconfigured.
function warnOfLongLife(
  { claims }: CheckedIdToken,
  { organizationId, connectionId, revision }: ConnectionSettings,
  { clock, logger }: FinishDeps,
): void {
  const lifeSeconds = Number(claims['exp']) - clock.nowMs() / 1000;
  if (lifeSeconds > idTokenLifeSecondsUsual) {
    logger.warn(
      { organizationId, connectionId, revision, lifeSeconds },
      'identity provider issues ID tokens with a very long life',
    );
  }
}
