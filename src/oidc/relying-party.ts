/*
 * This folder is the relying party: what may be dialled (outbound-policy, guarded-fetch), what is known of a provider
 * (provider-metadata, key-set, provider-memory) and of its kind (profiles/), and one sign-in, whose steps stand in this
 * file in their order. It knows neither database nor HTTP server nor what an organization is.
 */
import { appError } from '../contract/errors.ts';
import { clockToleranceSecondsMax } from '../contract/limits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import { applyProfile, assume, type Assumptions } from './profiles/apply-profile.ts';
import { type AttemptTrace, silentTrace } from './attempt-trace.ts';
import { authorizationUrl } from './authorization/authorization-request.ts';
import type { JsonObject } from './bounded-json.ts';
import { checkCallbackForm, checkCallbackIssuer } from './callback/callback-parameters.ts';
import type { IdTokenExpectations } from './identity/claim-facts.ts';
import type { CompleteConnection, ConnectionSettings } from './connection.ts';
import { exchangeCode } from './callback/exchange-code.ts';
import type { GuardedFetch } from '../outbound/guarded-fetch.ts';
import { checkIdToken, type CheckedIdToken, findClaimFault } from './callback/id-token-checks.ts';
import { idTokenLifeSecondsUsual } from './limits.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import { createProviderMemory, type PinProvider, type RememberedProvider } from './discovery/provider-memory.ts';
import type { ProviderMetadata } from './discovery/provider-metadata.ts';
import { completeFromUserinfo } from './callback/userinfo.ts';
import { readIdentity, type VerifiedIdentity } from './identity/verified-identity.ts';

export interface AuthorizationStart {
  /** Where to send the browser. */
  readonly url: URL;
  /** To be sealed into the attempt, and handed back to {@link RelyingParty.finishAuthorization}. */
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly issuer: string;
  /** Where the provider's endpoints came from this time. */
  readonly discovery: 'typed' | 'remembered' | 'fetched';
}

export interface AuthorizationAnswer {
  /** The callback as it was received: the redirect URI of the request, with the query that the provider added. */
  readonly callbackUrl: URL;
  readonly expectedState: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly expectedIssuer: string;
  /** When the request was made; how long ago somebody may have signed in at the provider counts from then. */
  readonly startedAtMs: number;
}

/** Signs people in at identity providers, by the authorization code flow of OpenID Connect Core, section 3.1. */
export interface RelyingParty {
  /**
   * Builds the authorization request.
   *
   * @throws the codes of discovery: `idp_unreachable`, `idp_busy`, `idp_address_refused`, `idp_tls_refused`,
   *   `idp_response_invalid`, `idp_issuer_mismatch`, `idp_issuer_is_template`
   */
  startAuthorization(
    connection: ConnectionSettings,
    request: { readonly redirectUri: string; readonly state: string; readonly loginHint?: string },
  ): Promise<AuthorizationStart>;
  /**
   * Checks the callback, redeems its code and checks what comes back. One code is sent once: nothing is retried.
   *
   * @throws the codes above and `callback_malformed`, `idp_denied`, `idp_error`, `idp_client_refused`,
   *   `idp_code_refused`, `id_token_*`, `authentication_too_weak`,
   *   `authentication_too_old`, `required_claim_missing`, `userinfo_subject_mismatch`, `subject_invalid`, `email_missing`, `email_invalid`
   */
  finishAuthorization(
    connection: ConnectionSettings,
    answer: AuthorizationAnswer,
    trace?: AttemptTrace,
  ): Promise<VerifiedIdentity>;
  /** Tells what is assumed of the provider; one that cannot be reached is no failure. */
  readAssumptions(connection: ConnectionSettings): Promise<Assumptions>;
}

export interface RelyingPartyDeps {
  readonly pinProvider: PinProvider;
  readonly fetch: GuardedFetch;
  readonly policy: OutboundPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Makes a relying party; it remembers providers' documents and keys, and keeps no other state. */
export function createRelyingParty(deps: RelyingPartyDeps): RelyingParty {
  const { fetch, random, logger } = deps;
  const providerOf = createProviderMemory(deps);
  return {
    startAuthorization: async (stored, { redirectUri, state, loginHint }) => {
      const provider = providerOf(stored);
      const discovery = whereFrom(stored, provider);
      const metadata = await provider.metadata.read();
      const connection = withProfile(stored, metadata, provider);
      const nonce = random.token(secretBytes);
      const codeVerifier = random.token(secretBytes);
      const url = authorizationUrl(connection, metadata, { redirectUri, state, nonce, codeVerifier, loginHint });
      return { url, nonce, codeVerifier, issuer: metadata.issuer, discovery };
    },

    // Each step takes what only the step before it makes, so none can be left out.
    finishAuthorization: async (stored, answer, trace = silentTrace) => {
      const own = checkCallbackForm(answer.callbackUrl, answer.expectedState);
      trace.passed('callback_form', { expected: 'each parameter at most once, and a code or an error' });
      trace.passed('state', { expected: 'the state of this attempt', found: 'the same' });
      const provider = providerOf(stored);
      const discovery = whereFrom(stored, provider);
      const metadata = await provider.metadata.read();
      const connection = withProfile(stored, metadata, provider);
      if (metadata.issuer !== answer.expectedIssuer) {
        const { expectedIssuer: expected } = answer;
        const meta = { step: 'discovery', reason: 'issuer_changed', expected, found: metadata.issuer };
        throw appError('idp_issuer_mismatch', { meta });
      }
      trace.passed('provider_document', { expected: answer.expectedIssuer, found: `the same, ${discovery}` });
      const callback = checkCallbackIssuer(own, metadata);
      trace.passed('callback_iss', { expected: metadata.issuer, found: own.iss ?? 'none, which this provider may' });
      const expected = () => expectations(connection, answer, deps.clock);
      const judgeClaims = (claims: JsonObject) => findClaimFault(claims, expected());
      const { nonce, codeVerifier, expectedState: state } = answer;
      const attempt = { state, nonce, codeVerifier, trace, judgeClaims };
      const signed = await exchangeCode({ connection, provider, metadata, callback, attempt, fetch });
      const token = checkIdToken(signed, expected(), trace);
      remarkOnLife(token, connection, deps);
      const userinfo = await completeFromUserinfo(token, connection, { logger, trace });
      const { profile } = metadata.recognised;
      return readIdentity({ token, userinfo, options: connection.options, profile }, metadata.issuer);
    },

    readAssumptions: (connection) => assume(connection, () => providerOf(connection).metadata.read()),
  };
}

// An entry of the memory is of one revision, so of one set of options: they are weighed again only with new metadata.
function withProfile(
  stored: ConnectionSettings,
  metadata: ProviderMetadata,
  provider: RememberedProvider,
): CompleteConnection {
  if (provider.effective?.metadata !== metadata) {
    provider.effective = { metadata, options: applyProfile(stored, metadata).options };
  }
  return { ...stored, options: provider.effective.options };
}

function whereFrom({ source }: ConnectionSettings, { metadata }: RememberedProvider): AuthorizationStart['discovery'] {
  if (source.kind === 'custom') return 'typed';
  return metadata.isRemembered() ? 'remembered' : 'fetched';
}

// 256 bits; as base64url 43 characters, the least that PKCE allows (RFC 7636, section 4.1).
const secretBytes = 32;

function expectations(connection: CompleteConnection, answer: AuthorizationAnswer, clock: Clock): IdTokenExpectations {
  const { clockToleranceSeconds, trustedAudiences, maxAgeSeconds, acrValues, requiredClaims } = connection.options;
  return {
    algorithm: connection.algorithm,
    issuer: answer.expectedIssuer,
    clientId: connection.clientId,
    trustedAudiences,
    authTimeMin: maxAgeSeconds < 0 ? undefined : Math.floor(answer.startedAtMs / 1000) - maxAgeSeconds,
    acrValues,
    requiredClaims,
    nonce: answer.nonce,
    state: answer.expectedState,
    nowSeconds: Math.floor(clock.nowMs() / 1000),
    toleranceSeconds: Math.min(clockToleranceSeconds, clockToleranceSecondsMax),
  };
}

// A token that is good for years does no harm here, since no session lives on it; but the provider is misconfigured.
function remarkOnLife(token: CheckedIdToken, { bulkhead, revision }: ConnectionSettings, deps: RelyingPartyDeps): void {
  const lifeSeconds = Number(token.claims['exp']) - deps.clock.nowMs() / 1000;
  if (lifeSeconds > idTokenLifeSecondsUsual) {
    deps.logger.warn({ bulkhead, revision, lifeSeconds }, 'identity provider issues ID tokens with a very long life');
  }
}
