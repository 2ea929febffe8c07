import { describe, expect, it } from 'vitest';

import { connectionOptionDefaults } from '../../src/contract/connection-option-defaults.ts';
import { isKnownError } from '../../src/contract/errors.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { silentTrace } from '../../src/oidc/attempt-trace.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { applyProfile } from '../../src/oidc/profiles/apply-profile.ts';
import { type ConnectionSettings, optionsOf } from '../../src/oidc/connection.ts';
import type { CallbackContext } from '../../src/oidc/callback/callback-context.ts';
import { checkIdToken } from '../../src/oidc/callback/id-token-checks.ts';
import type { ValidatedIdToken } from '../../src/oidc/callback/validate-with-library.ts';
import { readUserinfo } from '../../src/oidc/callback/read-userinfo.ts';
import type { SignedIdToken } from '../../src/oidc/callback/verify-signature.ts';
import type { GuardedFetch } from '../../src/outbound/guarded-fetch.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import { profiles } from '../../src/oidc/profiles/profiles.ts';
import { type ProviderMetadata, readMetadata } from '../../src/oidc/discovery/provider-metadata.ts';
import { readIdentity, type VerifiedIdentity } from '../../src/oidc/identity/verified-identity.ts';
import { type ClaimsFixture, clientOf, loadClaimsFixtures } from '../support/claims-fixtures.ts';

const nowSeconds = Date.parse('2026-11-24T08:00:00Z') / 1000;
const fixtures = loadClaimsFixtures();

function metadataOf({ discovery }: ClaimsFixture): ProviderMetadata {
  return readMetadata(discovery, { policy: createOutboundPolicy([]), issuers: [discovery.issuer] });
}

function connectionOf(fixture: ClaimsFixture): ConnectionSettings {
  return {
    connectionId: 'connection-1',
    organizationId: 'organization',
    revision: 'revision',
    source: { kind: 'discovery', discoveryUrl: fixture.discovery.issuer },
    clientId: clientOf(fixture),
    clientSecret: new Secret('a client secret'),
    algorithm: 'RS256',
    needsGroups: fixture.managesGroups,
    ...(fixture.options === undefined ? {} : { options: fixture.options }),
  };
}

/** What the relying party does with a token whose signature is good: the same steps in the same order. */
async function identify(fixture: ClaimsFixture): Promise<{ identity: VerifiedIdentity; asksUserinfo: boolean }> {
  const metadata = metadataOf(fixture);
  const connection = applyProfile(connectionOf(fixture), metadata);
  let asksUserinfo = false;
  const fetch: GuardedFetch = async ({ step }) => {
    asksUserinfo = step === 'userinfo';
    if (fixture.userinfo === undefined) throw new Error('the sign-in must not request userinfo');
    const headers = new Map([['content-type', 'application/json']]);
    return { status: 200, headers, body: Buffer.from(JSON.stringify(fixture.userinfo)) };
  };
  const signed = {
    header: { alg: 'RS256', typ: 'JWT' },
    claims: { nonce: 'nonce', iat: nowSeconds, exp: nowSeconds + 300, ...fixture.idToken },
    accessToken: 'access-token',
    code: 'code',
  } as unknown as SignedIdToken;
  const options = optionsOf(connection);
  const expected = {
    algorithm: 'RS256',
    issuer: metadata.issuer,
    clientId: connection.clientId,
    trustedAudiences: options.trustedAudiences,
    authTimeMin: undefined,
    acrValues: options.acrValues,
    requiredClaims: options.requiredClaims,
    nonce: 'nonce',
    state: 'state',
    nowSeconds,
    toleranceSeconds: options.clockToleranceSeconds,
  } as const;
  // No fixture has a signature, so the library validates none of them.
  const token = checkIdToken(signed, expected) as ValidatedIdToken;
  // Only a signed userinfo response needs the provider's keys.
  const provider = {} as CallbackContext['provider'];
  const context = { connection, provider, metadata, fetch, trace: silentTrace, logger: silentLogger };
  const userinfo = await readUserinfo(token, expected, context);
  const { profile } = metadata.recognised;
  return { identity: readIdentity({ token, userinfo, options, profile }, metadata.issuer), asksUserinfo };
}

describe('real claims of vendors', () => {
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', async (_name, fixture) => {
    const { expected } = fixture;
    expect(metadataOf(fixture).recognised.profile.id).toBe(expected.profile);
    if ('refusal' in expected) {
      const refusal: unknown = await identify(fixture).catch((thrown: unknown) => thrown);
      if (!isKnownError(refusal)) throw new Error('it was not refused');
      expect({ code: refusal.code, check: 'check' in refusal.meta ? refusal.meta.check : undefined }).toEqual({
        code: expected.refusal,
        check: expected.check,
      });
      return;
    }
    const { identity, asksUserinfo } = await identify(fixture);
    const { subject, email, emailVerified, firstName, lastName, groups } = identity;
    expect({ subject, email, emailVerified, firstName, lastName, groups }).toEqual(expected.identity);
    expect(identity.issuer).toBe(fixture.discovery.issuer);
    expect(asksUserinfo).toBe(expected.asksUserinfo);
  });

  it('exist for every profile that can sign users in and whose tokens are documented', () => {
    const shown = new Set(fixtures.map(({ expected }) => expected.profile));
    const missing = profiles.filter(({ id, refused }) => refused === undefined && !shown.has(id)).map(({ id }) => id);
    expect(missing).toEqual(['cyberark', 'ibm-verify']);
  });

  it('set no option to its default', () => {
    for (const { options = {} } of fixtures) {
      for (const [name, value] of Object.entries(options)) {
        expect(value).not.toEqual(connectionOptionDefaults[name as keyof typeof connectionOptionDefaults]);
      }
    }
  });
});
