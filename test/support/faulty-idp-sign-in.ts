import { request } from 'node:http';

import type { Clock } from '../../src/kernel/clock.ts';
import { silentLogger, type Logger } from '../../src/kernel/logger.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { ConnectionSettings } from '../../src/oidc/connection.ts';
import { createGuardedFetch } from '../../src/outbound/guarded-fetch.ts';
import { parseOutboundAllow } from '../../src/outbound/outbound-allow.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import type { AuthorizationCallback } from '../../src/oidc/callback/finish-authorization.ts';
import { createRelyingParty, type AuthorizationStart, type RelyingParty } from '../../src/oidc/relying-party.ts';
import type { VerifiedIdentity } from '../../src/oidc/identity/verified-identity.ts';
import type { FaultyIdp } from './faulty-idp.ts';

/** A clock that does not move until a test moves it. */
export interface FixedClock extends Clock {
  advance(ms: number): void;
}

/** A clock at 2026-11-24T08:00:00Z, or at a given time. */
export function fixedClock(startMs: number = Date.parse('2026-11-24T08:00:00Z')): FixedClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** A relying party that is configured for one provider. */
export interface TestParty {
  readonly party: RelyingParty;
  readonly connection: ConnectionSettings;
  /** Sends the authorization request to the provider and returns the callback that the browser would follow. */
  begin(): Promise<{ started: AuthorizationStart; answer: AuthorizationCallback }>;
  /** The whole sign-in. */
  signIn(): Promise<VerifiedIdentity>;
  close(): Promise<void>;
}

export const testRedirectUri = 'http://localhost:8080/api/v1/sso/oidc/callback';

/** The default connection of a test. */
function connectionTo(idp: FaultyIdp, changes: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return {
    connectionId: 'connection-1',
    organizationId: 'organization-1',
    revision: 'revision-1',
    source: { kind: 'discovery', discoveryUrl: idp.discoveryUrl },
    clientId: idp.clientId,
    clientSecret: new Secret(idp.clientSecret),
    algorithm: 'RS256',
    ...changes,
  };
}

/** A relying party that may call loopback, and the connection to a provider. */
export function createTestParty(
  idp: FaultyIdp,
  changes: Partial<ConnectionSettings> & { readonly clock: Clock; readonly logger?: Logger; readonly allow?: string },
): TestParty {
  const { clock, logger = silentLogger, allow = '127.0.0.1', ...settings } = changes;
  const parsed = parseOutboundAllow(allow);
  const policy = createOutboundPolicy(parsed.ok ? parsed.entries : []);
  const lookup = () => Promise.reject(new Error('no name is looked up here'));
  const fetch = createGuardedFetch({ policy, lookup, clock });
  const party = createRelyingParty({
    fetch,
    policy,
    clock,
    random: systemRandom,
    logger,
    pinProvider: async (_connection, seen) => seen,
  });
  const connection = connectionTo(idp, settings);

  const begin = async () => {
    const state = systemRandom.token(32);
    const startedAtMs = clock.nowMs();
    const started = await party.startAuthorization(connection, { redirectUri: testRedirectUri, state });
    const callbackUrl = await followAuthorization(started.url);
    const { nonce, codeVerifier, issuer } = started;
    const secrets = { expectedState: state, nonce, codeVerifier };
    return { started, answer: { callbackUrl, ...secrets, expectedIssuer: issuer, startedAtMs } };
  };
  return {
    party,
    connection,
    begin,
    signIn: async () => party.finishAuthorization(connection, (await begin()).answer),
    close: () => fetch.close(),
  };
}

/** Sends an authorization request as a browser does, and returns the redirect. */
function followAuthorization(url: URL): Promise<URL> {
  return new Promise((resolve, reject) => {
    request(url, (response) => {
      response.resume();
      resolve(new URL(response.headers.location ?? 'about:blank'));
    })
      .on('error', reject)
      .end();
  });
}
