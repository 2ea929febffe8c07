import type { MetadataSource } from '../contract/attempt-facts.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { GuardedFetch } from '../outbound/guarded-fetch.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import { type AttemptTrace, silentTrace } from './attempt-trace.ts';
import type { WantedAuthentication } from './authorization/wanted-authentication.ts';
import { authorizationUrl } from './authorization/authorization-request.ts';
import { type AuthorizationCallback, finishAuthorization } from './callback/finish-authorization.ts';
import type { ConnectionSettings } from './connection.ts';
import { createProviderCache, type PinProvider } from './discovery/provider-cache.ts';
import { readProvider } from './discovery/read-provider.ts';
import type { VerifiedIdentity } from './identity/verified-identity.ts';
import { assume, type Assumptions } from './profiles/apply-profile.ts';
import { throwProviderFailure } from './provider-failure.ts';

export interface AuthorizationStart {
  /** Where to send the browser. */
  readonly url: URL;
  /** To be sealed into the attempt, and passed to {@link RelyingParty.finishAuthorization}. */
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly issuer: string;
  readonly discovery: MetadataSource;
}

/** Signs members in at identity providers, by the authorization code flow of OpenID Connect Core, section 3.1. */
export interface RelyingParty {
  /**
   * Builds the authorization request.
   *
   * @throws the codes of discovery: `idp_unreachable`, `idp_busy`, `idp_address_refused`, `idp_tls_refused`,
   *   `idp_response_invalid`, `idp_issuer_mismatch`, `idp_issuer_is_template`
   */
  startAuthorization(
    connection: ConnectionSettings,
    request: {
      readonly redirectUri: string;
      readonly state: string;
      readonly loginHint?: string;
      readonly wanted?: WantedAuthentication;
    },
  ): Promise<AuthorizationStart>;
  /**
   * Checks the callback, exchanges its code and checks the tokens. It sends a code once and retries nothing.
   *
   * @throws the codes above and `callback_malformed`, `idp_denied`, `idp_error`, `idp_client_refused`,
   *   `idp_code_refused`, `id_token_*`, `authentication_too_weak`,
   *   `authentication_too_old`, `required_claim_missing`, `userinfo_subject_mismatch`, `subject_invalid`, `email_missing`, `email_invalid`
   */
  finishAuthorization(
    connection: ConnectionSettings,
    callback: AuthorizationCallback,
    trace?: AttemptTrace,
  ): Promise<VerifiedIdentity>;
  /** What this server assumes of the provider. It does not fail if the provider cannot be reached. */
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

/** Creates a relying party. It caches provider metadata and JWK Sets, and has no other state. */
export function createRelyingParty(deps: RelyingPartyDeps): RelyingParty {
  const { random, clock, logger } = deps;
  const fetch: GuardedFetch = (request) => deps.fetch(request).catch(throwProviderFailure);
  const providerOf = createProviderCache({ ...deps, fetch });
  return {
    startAuthorization: async (stored, { redirectUri, state, loginHint, wanted }) => {
      const { metadata, connection, discovery } = await readProvider(stored, providerOf);
      const nonce = random.token(secretBytes);
      const codeVerifier = random.token(secretBytes);
      const url = authorizationUrl(connection, metadata, {
        redirectUri,
        state,
        nonce,
        codeVerifier,
        loginHint,
        wanted,
      });
      return { url, nonce, codeVerifier, issuer: metadata.issuer, discovery };
    },

    finishAuthorization: (stored, callback, trace = silentTrace) =>
      finishAuthorization(stored, callback, { providerOf, fetch, clock, logger, trace }),

    readAssumptions: (connection) => assume(connection, () => providerOf(connection).metadata.read()),
  };
}

// 256 bits, as 43 characters of base64url, the minimum of PKCE (RFC 7636, section 4.1).
const secretBytes = 32;
